#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes to the process's standard error, whole lines at a time.
package enum StandardError {
    /// Writes text; a closed or full standard error loses it, for logging must never stop the work.
    package static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let start = rest.baseAddress, !rest.isEmpty {
                #if canImport(Darwin)
                    let written = Darwin.write(2, start, rest.count)
                #elseif canImport(Musl)
                    let written = Musl.write(2, start, rest.count)
                #else
                    let written = Glibc.write(2, start, rest.count)
                #endif
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[written...])
            }
        }
    }
}
