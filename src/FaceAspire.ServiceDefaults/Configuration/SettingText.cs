using System.Globalization;

namespace FaceAspire.ServiceDefaults.Configuration;

/// <summary>Text of a variable to the type of a setting.</summary>
internal static class SettingText
{
    private const char ListSeparator = ';';

    /// <summary>Converts; false when the text is no such value.</summary>
    /// <exception cref="NotSupportedException">The type is none that settings have.</exception>
    public static bool TryParse(string text, Type type, out object? value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        (bool valid, value) = type switch
        {
            _ when type == typeof(string) => (true, text),
            _ when type == typeof(bool) => ParseBoolean(text),
            _ when type == typeof(int) => (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number), number),
            _ when type == typeof(long) => (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number), number),
            _ when type == typeof(IReadOnlyList<string>) => (true, text.Split(ListSeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
            _ => throw new NotSupportedException($"A setting cannot be a {type}."),
        };
        return valid;
    }

    /// <summary>What a value of the type looks like, to follow "must be".</summary>
    public static string Describe(Type type) => (Nullable.GetUnderlyingType(type) ?? type) == typeof(bool) ? "true or false" : "a whole number";

    private static (bool Valid, object? Value) ParseBoolean(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "ON" => (true, true),
        "FALSE" or "0" or "NO" or "OFF" => (true, false),
        _ => (false, null),
    };
}
