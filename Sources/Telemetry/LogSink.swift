import Synchronization

/// One thing that was logged.
package struct LogRecord: Sendable, Equatable {
    package let level: LogLevel
    package let message: String
    package let fields: LogFields

    package init(level: LogLevel, message: String, fields: LogFields) {
        self.level = level
        self.message = message
        self.fields = fields
    }
}

/// Where log records go.
package protocol LogSink: Sendable {
    func write(_ record: LogRecord)
}

struct SilentSink: LogSink {
    func write(_ record: LogRecord) {}
}

/// Keeps records, for tests.
package final class CapturingSink: LogSink {
    private let kept = Mutex<[LogRecord]>([])

    package init() {}

    package var records: [LogRecord] {
        kept.withLock { $0 }
    }

    package func write(_ record: LogRecord) {
        kept.withLock { $0.append(record) }
    }
}

/// Writes records as lines: to standard error, or wherever the closure takes them.
package struct LineSink: LogSink {
    private let format: LogFormat
    private let timestamp: @Sendable () -> String
    private let output: @Sendable (String) -> Void

    /// - Parameters:
    ///   - timestamp: The time in RFC 3339, from the clock the program was given.
    ///   - output: Takes one line, its end included, in one call.
    package init(
        format: LogFormat, timestamp: @escaping @Sendable () -> String, output: @escaping @Sendable (String) -> Void
    ) {
        self.format = format
        self.timestamp = timestamp
        self.output = output
    }

    package func write(_ record: LogRecord) {
        output(format.render(record, time: timestamp()) + "\n")
    }
}
