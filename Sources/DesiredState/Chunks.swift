internal import Dispatch
internal import Synchronization

/// Work on many independent things at once, with results in the order of the things.
enum Chunks {
    /// Fewer things than this are not worth a second thread.
    private static let size = 128

    /// Calls `body` with ranges that make up `0..<count`, some at the same time, and gives what they gave in order.
    static func map<Result: Sendable>(_ count: Int, _ body: @Sendable (Range<Int>) -> Result) -> [Result] {
        let chunks = (count + size - 1) / size
        if chunks <= 1 { return count == 0 ? [] : [body(0..<count)] }
        let results = Mutex([Result?](repeating: nil, count: chunks))
        DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
            let result = body(chunk * size..<min(count, (chunk + 1) * size))
            results.withLock { $0[chunk] = result }
        }
        return results.withLock { $0.compactMap(\.self) }
    }
}
