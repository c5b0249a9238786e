internal import TimeKeeping

/// Dates as HTTP headers have them: `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ moment: Timestamp) -> String {
        let iso = moment.description.split { "-T:Z".contains($0) }.map(String.init)
        guard iso.count == 6, let month = Int(iso[1]) else { return "" }
        let day = days[Int(max(0, moment.seconds) / 86_400 % 7)]
        return "\(day), \(iso[2]) \(months[month - 1]) \(iso[0]) \(iso[3]):\(iso[4]):\(iso[5]) GMT"
    }
}

/// As much of XML as blob storage needs.
enum XML {
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: if scalar.value >= 32 || scalar == "\t" || scalar == "\n" { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }

    /// The texts of elements of some names, in order; what a list of blocks is made of.
    static func texts(of names: [String], in document: String) -> [String] {
        var texts: [String] = []
        for piece in document.split(separator: "<") {
            guard let end = piece.firstIndex(of: ">"), names.contains(String(piece[..<end])) else { continue }
            texts.append(String(piece[piece.index(after: end)...]))
        }
        return texts
    }
}
