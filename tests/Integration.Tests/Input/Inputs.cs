using System.Text;

namespace Beat.Messaging.Integration.Tests.Input;

/// <summary>What clients send by mistake or in bad faith, by kind.</summary>
internal static class Inputs
{
    /// <summary>For any field that is text, wherever it stands.</summary>
    public static IReadOnlyList<string> Texts { get; } =
    [
        // Nothing, nearly nothing.
        "", " ", "\t\r\n", "\u00a0\u2003\u3000", "x", "-", ".", "..",
        // Another alphabet, or half of an encoding.
        "abcde", "!!!!", "%", "%zz", "%u0041", "=", "====", "AA==", "++//", "null", "undefined", "true", "NaN", "Infinity",
        "'; DROP TABLE groups; --", "<script>alert(1)</script>", "{{7*7}}", "${jndi:x}", "../../etc/passwd", "a/b", "a\\b",
        "a,b,,c", "a&b=c#d?e",
        // Numbers at and beyond their bounds.
        "0", "-1", "1.5", "1e3", "1e400", "0x10", "２", "2147483648", "9223372036854775807", "9223372036854775808",
        new string('9', 400),
        // Ids that are nearly ids.
        "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}", "00000000000000000000000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff", "00000000-0000-0000-0000-00000000000", "00000000-0000-0000-0000-00000000000g",
        "{0x00000000,0x0000,0x0000,{0x00,0x00,0x00,0x00,0x00,0x00,0x00,0x00}}",
        // Tokens and cursors that are nearly ones.
        new string('A', 43), new string('A', 44), new string('_', 42) + "=", new string('A', 43) + "\n", "00000000000000000000",
        "00000000000000000000.", "99999999999999999999.1",
        // Times that are nearly times.
        "10:00", "5 PM", "01/02/2027", "2027-02-30T00:00:00Z", "2027-02-01T24:00:00Z", "2027-06-30T23:59:60Z",
        "2027-02-01T10:00:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z",
        "2027-02-01T10:00:00.123456789123456789Z",
        // Characters that are more or less than one.
        "👍", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "e\u0301", "Å\ufb01①", "Straße", "\u202eevil\u202c", "\u200b", "\ufeff", "\u2028",
        "ع\u0640ر", "한국", "ﷺ", "Z\u0351\u036b\u0343\u036a",
        // Characters that are none.
        "\0", "a\0b", "\u0001", "\u001b[31m", "\u007f", "\u0085", "\ufffe", "\uffff", "\ud800", "a\udc00b", "\udbff",
        // Much.
        new string('x', 129), new string('x', 2_100), new string(' ', 2_000) + "x", string.Concat(Enumerable.Repeat("👍", 300)),
        string.Concat(Enumerable.Repeat("a\u0301", 500)),
    ];

    /// <summary>Parts of an address that no encoder writes.</summary>
    public static IReadOnlyList<string> RawAddresses { get; } = ["%ED%A0%80", "%FF", "%C0%80", "%00", "a%00b", "%", "%zz",
        "%F0%9F%91", "%2F", "%252F", "+", "[]", "%0d%0aX-A:1"];

    /// <summary>Pieces of JSON in the place of a value, as they stand.</summary>
    public static IReadOnlyList<string> RawValues { get; } =
    [
        "null", "true", "false", "0", "-0", "-1", "1.5", "1e3", "1E400", "1e-400", "2147483648", "9223372036854775808",
        "-9223372036854775809", new string('9', 300), "[]", "[null]", "[[]]", "[\"\"]", "[1,\"x\",null,{}]", "{}", "{\"a\":1}",
        "{\"\":null}", "{\"\\ud800\":1}", "{\"a\":1,\"a\":2}",
        $"[{string.Join(',', Enumerable.Repeat("\"00000000-0000-0000-0000-000000000000\"", 200))}]", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"a\\u0000b\"", "[\"\\ud800\"]", Nested(12), Nested(17), Nested(70),
        // No JSON at all.
        "", "x", "'x'", "01", "+1", ".5", "NaN", "-Infinity", "\"", "\"\\x\"", "\"\\u12\"", "\"\u0001\"", "[1,]", "{\"a\":}",
        "/* */1", "undefined",
    ];

    /// <summary>Whole bodies.</summary>
    public static IReadOnlyList<byte[]> RawBodies { get; } =
    [
        .. new[]
        {
            "", " ", "null", "0", "\"x\"", "[]", "[{}]", "{", "}", "{}{}", "{}x", "{\"\\ud800\":1}",
            "{\"\\udc00x\":{\"\\ud800\":1}}", "{\"a\":1,\"a\":2}", "{\"\\u0000\":1}", "{\"" + new string('n', 5_000) + "\":1}",
            "{\"a\":" + Nested(200) + "}", "\0", "a=b&c=d", "<a/>", "\ufeff{}", "{\"__proto__\":{}}",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff, 0xfe, (byte)'{', 0, (byte)'}', 0],
        [.. "{\""u8, 0xff, .. "\":1}"u8],
        [.. "{\""u8, 0xed, 0xa0, 0x80, .. "\":1}"u8],
        [.. "{\"content\":\"\n"u8, .. "\"}"u8],
        [.. "{\"content\":\""u8, 0xc0, 0x80, .. "\"}"u8],
        [0x1f, 0x8b, 8, 0, 0, 0, 0, 0],
    ];

    /// <summary>As JSON text; half a character stays half a character.</summary>
    public static string Json(string text)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
            json.Append(c is < ' ' or '"' or '\\' or >= '\ud800' and <= '\udfff' ? $"\\u{(int)c:x4}" : $"{c}");
        return json.Append('"').ToString();
    }

    /// <summary>Short, for a message.</summary>
    public static string Show(string input) => Json(input.Length > 60 ? $"{input[..50]}… ({input.Length})" : input);

    /// <summary>An object as JSON with one of its fields replaced, or added.</summary>
    public static string With(JsonObject body, string field, string rawValue) =>
        $"{{{string.Join(',', body.Where(one => one.Key != field).Select(one => $"{Json(one.Key)}:{one.Value?.ToJsonString() ?? "null"}").Append($"{Json(field)}:{rawValue}"))}}}";

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);
}
