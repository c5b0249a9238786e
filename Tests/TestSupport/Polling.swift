/// Looks again and again until there is something to see, or the time is up; answers what was seen.
///
/// The one place where tests wait for a time: what another process does sends no event here. The bound only ends a
/// test that would fail anyway; no test's outcome depends on how fast the machine is.
package func polled<Value>(
    within limit: Duration, every pause: Duration = .milliseconds(50), _ look: () async throws -> Value?
) async throws -> Value? {
    let deadline = ContinuousClock.now + limit
    while true {
        if let value = try await look() { return value }
        guard ContinuousClock.now < deadline else { return nil }
        try await Task.sleep(for: pause)
    }
}
