import Digest
import YAML

extension ObjectSchema {
    /// The schema of a schedule by what it creates, as the SDK decides.
    static func schedule(_ mapping: Mapping) -> ObjectSchema {
        if mapping["create_monitor"] != nil { return monitorSchedule }
        return mapping["import_data"] != nil ? importSchedule : jobSchedule
    }

    private static let scheduleFields: [FieldSchema] = [
        .schemaLink, .required("name", .string(.schedule)), FieldSchema("id", .string(), use: .service), .description,
        FieldSchema("tags", .map(.any)), FieldSchema("display_name", .string()),
        FieldSchema(
            "trigger",
            .union(
                [.object(cronTrigger), .object(recurrenceTrigger)],
                expected: "a trigger (a mapping with type: cron or type: recurrence)"), isRequired: true),
        .creationContext, .readOnly("is_enabled"), .readOnly("provisioning_state"),
        FieldSchema("properties", .map(.optional(.string()))),
    ]

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule
    static let jobSchedule = ObjectSchema(
        "a schedule", scheduleFields + [.required("create_job", .scheduledJob)], ignoresReadOnlyKeys: true)

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-schedule-data-import
    static let importSchedule = ObjectSchema(
        "an import schedule",
        scheduleFields + [
            .required("import_data", .scheduledImport)
        ], ignoresReadOnlyKeys: true)

    /// As the reference page says.
    ///
    /// https://learn.microsoft.com/azure/machine-learning/reference-yaml-monitor
    static let monitorSchedule = ObjectSchema(
        "a monitoring schedule", scheduleFields + [.required("create_monitor", .object(.monitor))],
        ignoresReadOnlyKeys: true)

    private static let triggerFields: [FieldSchema] = [
        FieldSchema("start_time", .dateTime), FieldSchema("end_time", .dateTime), FieldSchema("time_zone", .string()),
    ]

    static let cronTrigger = ObjectSchema(
        "a cron trigger",
        triggerFields + [.required("type", .choice(["cron"])), .required("expression", .string())])

    static let recurrenceTrigger = ObjectSchema(
        "a recurrence trigger",
        triggerFields + [
            .required("type", .choice(["recurrence"])), .required("frequency", .choice(RecurrenceWords.frequencies)),
            .required("interval", .integer(1...Int64.max)), FieldSchema("schedule", .object(pattern)),
        ])

    private static let pattern = ObjectSchema(
        "a recurrence",
        [
            .required("hours", oneOrMore(.integer(0...23), "an hour or a list of hours")),
            .required("minutes", oneOrMore(.integer(0...59), "a minute or a list of minutes")),
            FieldSchema("week_days", oneOrMore(.choice(RecurrenceWords.weekDays), "a day or a list of days")),
            FieldSchema("month_days", oneOrMore(.integer(-1...31), "a day or a list of days")),
        ])

    private static func oneOrMore(_ type: FieldType, _ expected: String) -> FieldType {
        .union([type, .list(type)], expected: expected)
    }
}
