import Foundation
import Testing

@testable import Digest

@Suite struct JSONTests {
    struct Good: Sendable, CustomTestStringConvertible {
        var text: String
        var value: JSONValue
        var testDescription: String { text }
    }

    static let good = [
        Good(text: "null", value: .null),
        Good(text: " \t\r\n true ", value: true),
        Good(text: "0", value: 0),
        Good(text: "-0", value: 0),
        Good(text: "9223372036854775807", value: .int(.max)),
        Good(text: "-9223372036854775808", value: .int(.min)),
        Good(text: "9223372036854775808", value: .double(9_223_372_036_854_775_808)),
        Good(text: "1.5", value: 1.5),
        Good(text: "1e3", value: .double(1000)),
        Good(text: "-2.5E-3", value: -0.0025),
        Good(text: "0.1", value: 0.1),
        Good(text: #""""#, value: ""),
        Good(text: #""\"\\\/\b\f\n\r\t""#, value: "\"\\/\u{8}\u{C}\n\r\t"),
        Good(text: #""\u00e9\u20AC""#, value: "é€"),
        Good(text: #""\ud83d\ude00""#, value: "😀"),
        Good(text: #""\ud83d""#, value: "\u{FFFD}"),
        Good(text: #""\udE00""#, value: "\u{FFFD}"),
        Good(text: "\"é😀\u{7F}\"", value: "é😀\u{7F}"),
        Good(text: "[]", value: []),
        Good(text: "[1,[2],{}]", value: [1, [2], [:]]),
        Good(text: #"{"a":{"b":[null]},"c":false}"#, value: ["a": ["b": [.null]], "c": false]),
    ]

    @Test("what RFC 8259 allows is read", arguments: good)
    func reads(_ good: Good) throws {
        #expect(try JSONParser.parse(good.text) == good.value)
    }

    @Test("what is read is written so that it is read as the same", arguments: good)
    func roundTrip(_ good: Good) throws {
        let canonical = try JSONParser.parse(good.value.canonicalText)
        #expect(canonical.canonicalText == good.value.canonicalText)
        #expect(try JSONParser.parse(good.value.prettyText).digest == good.value.digest)
        let decoded = try JSONDecoder().decode(JSONValue.self, from: Data(good.value.canonicalBytes))
        #expect(decoded.canonicalText == good.value.canonicalText)
    }

    @Test(
        "what RFC 8259 forbids is refused",
        arguments: [
            "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "+1", "01", "-01", "1.", ".5", "1e", "1e+",
            "-", "0x10", "1_000", "1 2", "[1,]", "[,1]", "[1 2]", "[", "]", "{", "}", "{a:1}", "{'a':1}", #"{"a"}"#,
            #"{"a":}"#, #"{"a":1,}"#, #"{"a":1 "b":2}"#, #"""#, #""\x41""#, #""\u12""#, #""\u+123""#, "\"\u{1}\"",
            "\"line\nfeed\"", "// comment", "[1] // comment", "\u{FEFF}1", "--1", "1-2", "1.2.3", "1e5e5", "1e400",
            "00",
        ])
    func refuses(_ text: String) {
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(text) }
    }

    @Test("depth has a bound, and what is within it is read")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSONParser.parse(nested(100)) }
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(nested(1000)) }
        #expect(throws: JSONParser.Failure.self) { try JSONParser.parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONParser.Failure.self) {
            try JSONParser.parse(String(repeating: #"{"a":"#, count: 100_000))
        }
    }

    @Test("bytes that are no UTF-8 do no harm")
    func notText() {
        let value = try? JSONParser.parse([0x22, 0xFF, 0xFE, 0x22])
        #expect(value == nil || value?.stringValue?.contains("\u{FFFD}") == true)
    }

    @Test("the canonical spelling sorts members by their bytes and has no blanks")
    func canonical() {
        let value: JSONValue = ["b": 1, "a": [true, .null], "é": "x", "Z": 1.5, "aa": ["\n": "\u{1}"]]
        #expect(value.canonicalText == #"{"Z":1.5,"a":[true,null],"aa":{"\n":"\u0001"},"b":1,"é":"x"}"#)
    }

    @Test("whole fractions and integers have one spelling, and what is not finite none")
    func numbers() {
        #expect(JSONValue.double(3).canonicalText == "3")
        #expect(JSONValue.double(3).digest == JSONValue.int(3).digest)
        #expect(JSONValue.double(.nan).canonicalText == "null")
        #expect(JSONValue.double(.infinity).canonicalText == "null")
    }

    @Test("members are set and read by name, and other kinds have none")
    func members() {
        var value: JSONValue = ["a": 1]
        value["b"] = "two"
        value["a"] = nil
        #expect(value == ["b": "two"])
        var text: JSONValue = "text"
        text["a"] = 1
        #expect(text == "text")
        #expect(JSONValue.array([1, 2])[1] == 2)
        #expect(JSONValue.array([1, 2])[2] == nil)
        #expect(JSONValue.double(2.5).intValue == nil)
        #expect(JSONValue.double(1e300).intValue == nil)
    }
}
