internal import FoundationEssentials
internal import Glibc

/// A file to which pieces are added.
final class FileAppender {
    private let file: Int32

    init?(path: String) {
        file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        if file < 0 { return nil }
    }

    deinit { close(file) }

    /// - Returns: false when the piece could not be written whole.
    func append(_ piece: Data) -> Bool {
        piece.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = write(file, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                offset += count
            }
            return true
        }
    }
}
