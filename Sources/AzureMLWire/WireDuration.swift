/// Durations of ISO 8601 as the API writes them, `PT1H30M`, and as CLI v2 does, whole seconds or milliseconds.
package enum WireDuration {
    /// The milliseconds of a duration, or nil when it is none.
    package static func milliseconds(_ text: String) -> Int? {
        guard text.hasPrefix("P"), text.last?.isLetter == true, text != "P", text != "PT" else { return nil }
        var total = 0.0
        var number = ""
        var isTime = false
        for character in text.dropFirst() {
            switch character {
            case "T": isTime = true
            case "0"..."9", ".": number.append(character)
            default:
                guard let value = Double(number), value.isFinite, value < 1e9 else { return nil }
                number = ""
                switch (character, isTime) {
                case ("D", false): total += value * 86_400
                case ("H", true): total += value * 3_600
                case ("M", true): total += value * 60
                case ("S", true): total += value
                default: return nil
                }
            }
        }
        return number.isEmpty ? Int((total * 1_000).rounded()) : nil
    }

    package static func text(milliseconds: Int) -> String {
        milliseconds % 1_000 == 0 ? "PT\(milliseconds / 1_000)S" : "PT\(Double(milliseconds) / 1_000)S"
    }
}
