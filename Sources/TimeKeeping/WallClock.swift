internal import Glibc

/// Where the time of day comes from; planning never asks, it is told.
package protocol WallClock: Sendable {
    /// The moment it is now.
    func now() -> Timestamp
}

/// The machine's own clock.
package struct SystemClock: WallClock {
    package init() {}

    package func now() -> Timestamp { Timestamp(seconds: Int64(time(nil))) }
}
