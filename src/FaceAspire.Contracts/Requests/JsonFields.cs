using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.Contracts.Requests;

/// <summary>Reads a JSON object into fields without minding their types, so that every wrong field can be reported at once.
/// Long strings (pictures) are not copied: they stay slices of the body.</summary>
public static class JsonFields
{
    // An embedding of the largest model has 4,096 numbers; more than this is no embedding of ours.
    private const int MaxNumbers = 16_384;

    // No request of ours has half as many. A body of nothing but names would cost many times its own size.
    private const int MaxMembers = 64;

    /// <summary>Items of a list of texts; more make it no list of ours.</summary>
    internal const int MaxTexts = 64;

    /// <summary>Members of an object of texts; more make it no such object.</summary>
    internal const int MaxEntries = 16;

    /// <summary>Bytes of a text that is no picture: a member's name, an item of a list, a value. Longer ones are never decoded.</summary>
    internal const int MaxTextBytes = 256;

    private static readonly JsonReaderOptions _options = new() { MaxDepth = 16 };

    /// <summary>Reads the members of the object that <paramref name="utf8"/> holds. Of a name given twice, the last counts.</summary>
    /// <param name="utf8">The whole body. Escaped strings are unescaped in place: it is changed.</param>
    /// <exception cref="FaceAspireException">Not JSON, or not an object: <see cref="ErrorCode.ValidationError"/>.</exception>
    public static Dictionary<string, FieldValue> Read(Memory<byte> utf8)
    {
        var fields = new Dictionary<string, FieldValue>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(utf8.Span, _options);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw Invalid("must be a JSON object");
            }

            // Members seen are counted, not those kept: names given twice and names that are no text cost as much as others.
            for (int seen = 1; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; seen++)
            {
                if (seen > MaxMembers)
                {
                    throw Invalid($"has more than {MaxMembers} members");
                }

                string? name = ShortText(ref reader);
                reader.Read();
                var value = ReadValue(ref reader, utf8);
                if (name is not null)
                {
                    fields[name] = value;
                }
            }

            reader.Read(); // throws when something follows the object
            return fields;
        }
        catch (JsonException exception)
        {
            throw Invalid($"is not valid JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})", exception);
        }
    }

    private static FaceAspireException Invalid(string msg, Exception? cause = null) =>
        new(ErrorCode.ValidationError, $"The body {msg}.", cause) { Fields = [new("body", msg)] };

    /// <summary>The name of a member or an item of a list; null when it is longer than any of ours, or no valid text.</summary>
    private static string? ShortText(ref Utf8JsonReader reader)
    {
        var raw = reader.ValueSpan;
        if (raw.Length > MaxTextBytes)
        {
            return null;
        }

        if (!reader.ValueIsEscaped)
        {
            return Utf8.IsValid(raw) ? Encoding.UTF8.GetString(raw) : null;
        }

        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // a lone surrogate; dear, so callers bound how often they ask
        }
    }

    private static FieldValue ReadValue(ref Utf8JsonReader reader, Memory<byte> utf8)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return new() { Kind = FieldKind.Null };
            case JsonTokenType.True or JsonTokenType.False:
                return new() { Kind = FieldKind.Boolean, Boolean = reader.TokenType == JsonTokenType.True };
            case JsonTokenType.Number:
                return new() { Kind = FieldKind.Number, Number = reader.GetDouble() };
            case JsonTokenType.String:
                return ReadText(ref reader, utf8);
            case JsonTokenType.StartArray:
                return ReadArray(ref reader, utf8);
            case JsonTokenType.StartObject:
                return ReadEntries(ref reader);
            default:
                reader.Skip();
                return new() { Kind = FieldKind.Other };
        }
    }

    private static FieldValue ReadText(ref Utf8JsonReader reader, Memory<byte> utf8)
    {
        // Whole body in one span: the token starts at its opening quote.
        var raw = utf8.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        if (!reader.ValueIsEscaped)
        {
            return new() { Kind = FieldKind.Text, Text = raw };
        }

        // Unescaped text is never longer than escaped text, so it fits where it stood; the reader has already passed it.
        byte[] unescaped = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            int length = reader.CopyString(unescaped);
            unescaped.AsSpan(0, length).CopyTo(raw.Span);
            return new() { Kind = FieldKind.Text, Text = raw[..length] };
        }
        catch (InvalidOperationException)
        {
            return new() { Kind = FieldKind.BrokenText };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(unescaped);
        }
    }

    private static FieldValue ReadArray(ref Utf8JsonReader reader, Memory<byte> utf8)
    {
        var items = new List<Memory<byte>>();
        var numbers = new List<float>();
        bool isList = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // After the first item that spoils the list the others are walked over: decoding them would cost many times their size.
            isList = isList && TryAdd(ref reader, utf8, items, numbers);
            reader.Skip();
        }

        return (isList, numbers.Count) switch
        {
            (false, _) => new() { Kind = FieldKind.Other },
            (true, 0) => OfTexts(items),
            _ => new() { Kind = FieldKind.Numbers, Numbers = [.. numbers] },
        };
    }

    private static bool TryAdd(ref Utf8JsonReader reader, Memory<byte> utf8, List<Memory<byte>> items, List<float> numbers)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String when numbers.Count == 0 && items.Count < MaxTexts && ReadText(ref reader, utf8) is { Kind: FieldKind.Text, Text: var text }:
                items.Add(text);
                return text.Length > MaxTextBytes || Utf8.IsValid(text.Span);
            case JsonTokenType.Number when items.Count == 0 && numbers.Count < MaxNumbers && (float)reader.GetDouble() is var number && float.IsFinite(number):
                numbers.Add(number);
                return true;
            default:
                return false;
        }
    }

    private static FieldValue OfTexts(List<Memory<byte>> items) => items.Exists(static item => item.Length > MaxTextBytes)
        ? new() { Kind = FieldKind.LongTexts, Items = items }
        : new() { Kind = FieldKind.Texts, Texts = items.ConvertAll(Decode), Items = items };

    /// <summary>An object of short texts; anything else that an object may hold is walked over.</summary>
    private static FieldValue ReadEntries(ref Utf8JsonReader reader)
    {
        Dictionary<string, string>? entries = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? name = entries is null ? null : ShortText(ref reader);
            reader.Read();
            string? value = name is not null && reader.TokenType == JsonTokenType.String ? ShortText(ref reader) : null;
            reader.Skip();
            if (entries is not null && (value is null || entries.Count == MaxEntries || !entries.TryAdd(name!, value)))
            {
                entries = null; // spoilt, as with a list
            }
        }

        return entries is null ? new() { Kind = FieldKind.Other } : new() { Kind = FieldKind.Entries, Entries = entries };
    }

    /// <summary>Text of a field that is no picture. Invalid UTF-8 becomes the replacement character, which no name holds.</summary>
    internal static string Decode(Memory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
