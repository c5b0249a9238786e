import Digest
import YAML

extension ObjectSchema {
    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-compute-instance
    static let computeInstance = compute(
        "a compute instance", type: "computeinstance",
        [
            FieldSchema("size", .string()),
            FieldSchema("network_settings", .object(networkSettings)),
            FieldSchema(
                "create_on_behalf_of",
                .object(
                    ObjectSchema(
                        "a user",
                        [
                            .schemaLink, .required("user_tenant_id", .string()),
                            .required("user_object_id", .string()),
                        ], ignoresReadOnlyKeys: true))),
            FieldSchema(
                "ssh_settings",
                .object(
                    ObjectSchema(
                        "SSH settings",
                        [
                            .schemaLink, .readOnly("admin_username"), .readOnly("ssh_port"),
                            FieldSchema("ssh_key_value", .string()),
                        ], ignoresReadOnlyKeys: true))),
            FieldSchema("ssh_public_access_enabled", .boolean),
            .readOnly("state"), .readOnly("last_operation"), .readOnly("services"), .readOnly("os_image_metadata"),
            FieldSchema(
                "schedules",
                .object(
                    ObjectSchema("schedules", [FieldSchema("compute_start_stop", .list(.object(startStop)))]))),
            FieldSchema("identity", .object(computeIdentity)),
            FieldSchema("idle_time_before_shutdown", .string()),
            FieldSchema("idle_time_before_shutdown_minutes", .integer(0...Int64.max)),
            FieldSchema("custom_applications", .list(.object(customApplication))),
            FieldSchema(
                "setup_scripts",
                .object(
                    ObjectSchema(
                        "setup scripts",
                        [
                            FieldSchema("creation_script", .object(setupScript)),
                            FieldSchema("startup_script", .object(setupScript)),
                        ]))),
            FieldSchema("enable_node_public_ip", .boolean, default: true),
            FieldSchema("enable_sso", .boolean, default: true),
            FieldSchema("enable_root_access", .boolean, default: true),
            FieldSchema("release_quota_on_stop", .boolean, default: false),
            FieldSchema("enable_os_patching", .boolean, default: false),
        ])

    private static let setupScript = ObjectSchema(
        "a setup script",
        [
            FieldSchema("path", .string()), FieldSchema("command", .string()),
            FieldSchema("timeout_minutes", .integer(1...Int64.max)),
        ])

    private static let customApplication = ObjectSchema(
        "a custom application",
        [
            .required("name", .string()), FieldSchema("type", .choice(["docker"])),
            .required("image", .object(ObjectSchema("an image", [.required("reference", .string())]))),
            .required(
                "endpoints",
                .list(
                    .object(
                        ObjectSchema(
                            "an endpoint",
                            [
                                .required("target", .integer(1...65_535)),
                                .required("published", .integer(1...65_535)),
                            ])))),
            FieldSchema("environment_variables", .map(.any, keysMustBeText: false)),
            FieldSchema(
                "bind_mounts",
                .list(
                    .object(
                        ObjectSchema("a mount", [.required("source", .string()), .required("target", .string())])))
            ),
        ])

    private static let startStop = ObjectSchema(
        "a schedule",
        [
            FieldSchema(
                "trigger",
                .union(
                    [.object(cron), .object(recurrence)],
                    expected: "a trigger (a mapping with type: cron or type: recurrence)")),
            .required("action", .choice(["start", "stop"])),
            FieldSchema("state", .choice(["enabled", "disabled"]), default: "enabled"),
            .readOnly("schedule_id"), .readOnly("provisioning_state"),
        ])

    private static let cron = ObjectSchema(
        "a cron trigger",
        [
            FieldSchema("start_time", .string()), FieldSchema("time_zone", .string()),
            .required("type", .choice(["cron"])), .required("expression", .string()),
        ])

    private static let recurrence = ObjectSchema(
        "a recurrence trigger",
        [
            FieldSchema("start_time", .string()), FieldSchema("time_zone", .string()),
            .required("type", .choice(["recurrence"])),
            .required("frequency", .choice(RecurrenceWords.frequencies)),
            .required("interval", .integer(1...Int64.max)),
            FieldSchema(
                "schedule",
                .object(
                    ObjectSchema(
                        "a recurrence",
                        [
                            FieldSchema("week_days", .list(.choice(RecurrenceWords.weekDays))),
                            .required("hours", .list(.integer(0...23))),
                            .required("minutes", .list(.integer(0...59))),
                        ]))),
        ])
}

/// The words of recurrences.
enum RecurrenceWords {
    static let frequencies = ["minute", "hour", "day", "week", "month"]
    static let weekDays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
}
