/// Writes records to a sink: constant messages, everything variable in the fields.
package struct Logger: Sendable {
    package let level: LogLevel
    package let fields: LogFields
    private let sink: any LogSink

    package init(sink: any LogSink, level: LogLevel = .info, fields: LogFields = [:]) {
        self.sink = sink
        self.level = level
        self.fields = fields
    }

    /// A logger that writes nothing.
    package static let silent = Logger(sink: SilentSink(), level: .error)

    /// Returns a logger that adds fields to every record.
    package func with(_ more: LogFields) -> Logger {
        Logger(sink: sink, level: level, fields: fields.merging(more))
    }

    package func debug(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.debug, message, fields)
    }

    package func info(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.info, message, fields)
    }

    package func notice(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.notice, message, fields)
    }

    package func warning(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.warning, message, fields)
    }

    package func error(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.error, message, fields)
    }

    private func write(_ level: LogLevel, _ message: StaticString, _ more: () -> LogFields) {
        guard level >= self.level else { return }
        sink.write(LogRecord(level: level, message: message.description, fields: fields.merging(more())))
    }
}
