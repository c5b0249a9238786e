import Testing
import YAML

@Suite struct ScalarResolutionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let python: String?
        let type: String
        var testDescription: String { text.isEmpty ? "(nothing)" : text }

        init(_ text: String, _ python: String?, _ type: String) {
            self.text = text
            self.python = python
            self.type = type
        }
    }

    /// What PyYAML 6.0.3 gives for each text: Python's `str()` of the value, and its type.
    static let cases = [
        Case("yes", "True", "bool"),
        Case("Yes", "True", "bool"),
        Case("YES", "True", "bool"),
        Case("yEs", "yEs", "str"),
        Case("y", "y", "str"),
        Case("n", "n", "str"),
        Case("Y", "Y", "str"),
        Case("no", "False", "bool"),
        Case("on", "True", "bool"),
        Case("Off", "False", "bool"),
        Case("true", "True", "bool"),
        Case("True", "True", "bool"),
        Case("TRUE", "True", "bool"),
        Case("tRue", "tRue", "str"),
        Case("0001", "1", "int"),
        Case("007", "7", "int"),
        Case("0o7", "0o7", "str"),
        Case("08", "08", "str"),
        Case("09.5", "9.5", "float"),
        Case("1e3", "1e3", "str"),
        Case("1.0e3", "1.0e3", "str"),
        Case("1.e3", "1.e3", "str"),
        Case("1.5e+3", "1500.0", "float"),
        Case("1e+3", "1e+3", "str"),
        Case("-1", "-1", "int"),
        Case("+1", "1", "int"),
        Case("1_000", "1000", "int"),
        Case("0x1F", "31", "int"),
        Case("0X1F", "0X1F", "str"),
        Case("0b101", "5", "int"),
        Case("-0b1", "-1", "int"),
        Case("0x", "0x", "str"),
        Case("1:30", "90", "int"),
        Case("190:20:30", "685230", "int"),
        Case("1:30.5", "90.5", "float"),
        Case(".inf", "inf", "float"),
        Case("-.inf", "-inf", "float"),
        Case("+.INF", "inf", "float"),
        Case(".Inf", "inf", "float"),
        Case(".nan", "nan", "float"),
        Case(".NaN", "nan", "float"),
        Case("2022-01-01", "2022-01-01", "date"),
        Case("2022-1-1", "2022-1-1", "str"),
        Case("2022-01-01 10:00:00", "2022-01-01 10:00:00", "datetime"),
        Case("2022-01-01T10:00:00Z", "2022-01-01 10:00:00+00:00", "datetime"),
        Case("2022-01-01T10:00:00+02:00", "2022-01-01 10:00:00+02:00", "datetime"),
        Case("2022-13-45", nil, "error"),
        Case("~", "None", "NoneType"),
        Case("null", "None", "NoneType"),
        Case("Null", "None", "NoneType"),
        Case("nULL", "nULL", "str"),
        Case("", "None", "NoneType"),
        Case("1.", "1.0", "float"),
        Case("1._", "1.0", "float"),
        Case("._1", "._1", "str"),
        Case(".5", "0.5", "float"),
        Case("-.5", "-.5", "str"),
        Case("1_0.5", "10.5", "float"),
        Case("_1", "_1", "str"),
        Case("1__0", "10", "int"),
        Case("0.24.1", "0.24.1", "str"),
        Case("0", "0", "int"),
        Case("00", "0", "int"),
        Case("-0", "0", "int"),
        Case("+0", "0", "int"),
        Case("1e", "1e", "str"),
        Case("12e03", "12e03", "str"),
        Case("=", nil, "error"),
        Case("<<", nil, "error"),
        Case("9223372036854775808", "9223372036854775808", "int"),
        Case("99999999999999999999", "99999999999999999999", "int"),
        Case("1.7976931348623157e+309", "inf", "float"),
        Case("0_", "0", "int"),
        Case("0x_", nil, "error"),
        Case("0b_", nil, "error"),
        Case("+", "+", "str"),
        Case("0o", "0o", "str"),
        Case("2001-12-14t21:59:43.10-05:00", "2001-12-14 21:59:43.100000-05:00", "datetime"),
        Case("2001-12-14 21:59:43.10 -5", "2001-12-14 21:59:43.100000-05:00", "datetime"),
        Case("1_", "1", "int"),
        Case("+1_000.5e+3", "1000500.0", "float"),
        Case("0.0", "0.0", "float"),
        Case("-0.0", "-0.0", "float"),
        Case("1.0", "1.0", "float"),
        Case("1.0e-7", "1e-07", "float"),
        Case("123456789.123456789", "123456789.12345679", "float"),
        Case("6.02e+23", "6.02e+23", "float"),
        Case("100000000000000000.0", "1e+17", "float"),
        Case("-0o7", "-0o7", "str"),
        Case("1.5E-3", "0.0015", "float"),
        Case("01:30", "01:30", "str"),
        Case("1:60", "1:60", "str"),
        Case("-1:30", "-90", "int"),
        Case("0b", "0b", "str"),
        Case("0b2", "0b2", "str"),
        Case("+.nan", "+.nan", "str"),
        Case(".e5", ".e5", "str"),
        Case(".5e+1", "5.0", "float"),
        Case("1.e+3", "1000.0", "float"),
        Case("12:30:45", "45045", "int"),
        Case("2022-02-30", nil, "error"),
        Case("2024-02-29", "2024-02-29", "date"),
        Case("0000-01-01", nil, "error"),
        Case("2022-01-01 25:00:00", nil, "error"),
        Case("2022-01-01T10:00:00.5Z", "2022-01-01 10:00:00.500000+00:00", "datetime"),
        Case("2022-01-01T1:00:00 -0330", "2022-01-01T1:00:00 -0330", "str"),
        Case("2022-01-01T10:00:00.123456789", "2022-01-01 10:00:00.123456", "datetime"),
        Case("0xFFFFFFFFFFFFFFFFFF", "4722366482869645213695", "int"),
        Case("-9223372036854775808", "-9223372036854775808", "int"),
        Case("1_2_3.4_5", "123.45", "float"),
        Case("1.5e+999", "inf", "float"),
        Case("-1:30.25", "-90.25", "float"),
        Case("9007199254740993.0", "9007199254740992.0", "float"),
        Case("18014398509481985.0", "1.8014398509481984e+16", "float"),
        Case("12345678901234567.0", "1.2345678901234568e+16", "float"),
        Case("0.0001", "0.0001", "float"),
        Case("0.00001", "1e-05", "float"),
        Case("1.10", "1.1", "float"),
        Case("3.8", "3.8", "float"),
        Case("22_", "22", "int"),
        Case("2_2.", "22.0", "float"),
        Case("0.1_", "0.1", "float"),
        Case("4.0", "4.0", "float"),
    ]

    @Test(arguments: cases)
    func `a plain scalar resolves as in PyYAML`(_ example: Case) throws {
        let root = try #require(try YAMLReader().document("a: \(example.text)"))
        let resolved = try #require(root["a"]?.scalar).resolved(.core11)
        #expect(typeName(resolved) == example.type)
        #expect(resolved.pythonText == example.python)
    }

    private func typeName(_ resolved: ResolvedScalar) -> String {
        switch resolved {
        case .null: "NoneType"
        case .bool: "bool"
        case .int, .bigInteger: "int"
        case .double: "float"
        case .string: "str"
        case .timestamp(let text): text.contains(":") ? "datetime" : "date"
        case .invalid: "error"
        }
    }

    @Test func `quoted, literal and folded scalars are strings`() throws {
        for text in ["'1'", "\"1\"", "|-\n  1", ">-\n  1", "!!str 1", "! 1"] {
            let root = try #require(try YAMLReader().document("a: \(text)"))
            #expect(root["a"]?.scalar?.resolved(.core11) == .string("1"))
            #expect(root["a"]?.text == "1")
        }
    }

    @Test func `an explicit tag decides`() throws {
        let root = try #require(
            try YAMLReader().document(
                "{i: !!int '3', f: !!float 3, b: !!bool 'yes', n: !!null x, u: !mine x, w: !!int x}"))
        #expect(root["i"]?.scalar?.resolved(.core11) == .int(3))
        #expect(root["f"]?.scalar?.resolved(.core11) == .double(3))
        #expect(root["b"]?.scalar?.resolved(.core11) == .bool(true))
        #expect(root["n"]?.isNull == true)
        #expect(root["u"]?.kindDescription == "an invalid value")
        #expect(root["w"]?.kindDescription == "an invalid value")
    }
}
