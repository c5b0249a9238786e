package import Digest

/// A deployment's `request_settings`, with Azure ML's defaults where nothing was said.
package struct RequestSettings: Sendable, Equatable, Codable {
    /// How many requests an instance works on; nil when the YAML leaves it open.
    package var maxConcurrentRequestsPerInstance: Int?
    package var requestTimeoutMilliseconds: Int
    package var maxQueueWaitMilliseconds: Int?

    package init(
        maxConcurrentRequestsPerInstance: Int? = nil, requestTimeoutMilliseconds: Int = 5_000,
        maxQueueWaitMilliseconds: Int? = nil
    ) {
        self.maxConcurrentRequestsPerInstance = maxConcurrentRequestsPerInstance
        self.requestTimeoutMilliseconds = requestTimeoutMilliseconds
        self.maxQueueWaitMilliseconds = maxQueueWaitMilliseconds
    }

    /// Reads the CLI v2 keys.
    package init(fields: JSONValue) {
        self.init(
            maxConcurrentRequestsPerInstance: fields.integer("max_concurrent_requests_per_instance").map {
                min(max(1, $0), 1_000)
            },
            requestTimeoutMilliseconds: min(max(1, fields.integer("request_timeout_ms") ?? 5_000), 3_600_000),
            maxQueueWaitMilliseconds: fields.integer("max_queue_wait_ms").map { min(max(0, $0), 3_600_000) })
    }

    /// How many requests the scoring process works on at a time.
    var concurrency: Int { maxConcurrentRequestsPerInstance ?? 1 }

    /// How many requests the proxy hands to one instance; the instance queues what it does not work on.
    var connectionsPerInstance: Int { maxConcurrentRequestsPerInstance ?? 16 }

    /// How many more may wait in the proxy.
    ///
    /// Azure refuses beyond twice the concurrency where one was set; where none
    /// was, a burst may wait.
    func queueLimit(instances: Int) -> Int { (maxConcurrentRequestsPerInstance ?? 512) * max(1, instances) }
}

/// A deployment's `liveness_probe` or `readiness_probe`, with Azure ML's defaults.
package struct ProbeSettings: Sendable, Equatable, Codable {
    package var initialDelaySeconds: Int
    package var periodSeconds: Int
    package var timeoutSeconds: Int
    package var successThreshold: Int
    package var failureThreshold: Int

    package init(
        initialDelaySeconds: Int = 10, periodSeconds: Int = 10, timeoutSeconds: Int = 2, successThreshold: Int = 1,
        failureThreshold: Int = 30
    ) {
        self.initialDelaySeconds = initialDelaySeconds
        self.periodSeconds = periodSeconds
        self.timeoutSeconds = timeoutSeconds
        self.successThreshold = successThreshold
        self.failureThreshold = failureThreshold
    }

    /// Reads the CLI v2 keys.
    package init(fields: JSONValue) {
        self.init()
        initialDelaySeconds = min(max(0, fields.integer("initial_delay") ?? initialDelaySeconds), 3_600)
        periodSeconds = min(max(1, fields.integer("period") ?? periodSeconds), 3_600)
        timeoutSeconds = min(max(1, fields.integer("timeout") ?? timeoutSeconds), 3_600)
        successThreshold = min(max(1, fields.integer("success_threshold") ?? successThreshold), 100)
        failureThreshold = min(max(1, fields.integer("failure_threshold") ?? failureThreshold), 1_000)
    }

    /// How long an instance may take until it answers for the first time.
    var startLimit: Duration { .seconds(initialDelaySeconds + periodSeconds * failureThreshold) }
}

extension JSONValue {
    /// A member that is a whole number, also one written as text or as seconds of ISO 8601 (`PT10S`).
    func integer(_ key: String) -> Int? {
        if let number = self[key]?.intValue { return number }
        guard let text = self[key]?.stringValue else { return nil }
        if text.hasPrefix("PT"), text.hasSuffix("S") { return Int(text.dropFirst(2).dropLast()) }
        return Int(text)
    }
}
