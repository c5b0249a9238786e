import Testing

@testable import Digest

@Suite struct ContentDigestTests {
    struct Answer: Sendable, CustomTestStringConvertible {
        var text: String
        var hex: String
        var testDescription: String { text.isEmpty ? "nothing" : String(text.prefix(20)) }
    }

    /// The examples that NIST gives for SHA-256 (FIPS 180-4), and the empty text.
    static let answers = [
        Answer(text: "", hex: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Answer(text: "abc", hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Answer(
            text: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            hex: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        Answer(
            text: String(repeating: "a", count: 1_000_000),
            hex: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]

    @Test("known texts have their known digests", arguments: answers)
    func known(_ answer: Answer) {
        #expect(ContentDigest(of: answer.text).hex == answer.hex)
        #expect(ContentDigest(of: answer.text).description == "sha256:" + answer.hex)
    }

    @Test("bytes that arrive in pieces have the digest of the whole")
    func pieces() {
        var hasher = SHA256Hasher()
        for piece in ["a", "", "b", "c"] { hasher.update(piece) }
        let digest = hasher.finalize()
        #expect(digest == ContentDigest(of: "abc"))
    }

    @Test("a digest is read back from what it is written as, and from nothing else")
    func reading() {
        let digest = ContentDigest(of: "abc")
        #expect(ContentDigest(digest.description) == digest)
        #expect(ContentDigest(digest.hex) == digest)
        #expect(ContentDigest(digest.hex.uppercased()) == nil)
        #expect(ContentDigest(String(digest.hex.dropLast())) == nil)
        #expect(ContentDigest("sha512:" + digest.hex) == nil)
        #expect(ContentDigest(digest.hex.dropLast() + "g") == nil)
        #expect(ContentDigest("") == nil)
        #expect(ContentDigest(bytes: [1, 2, 3]) == nil)
        #expect(digest.prefix(8) == "ba7816bf")
    }
}
