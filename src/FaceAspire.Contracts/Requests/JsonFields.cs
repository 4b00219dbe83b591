using System.Buffers;
using System.Text;
using System.Text.Json;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.Contracts.Requests;

/// <summary>Reads a JSON object into fields without minding their types, so that every wrong field can be reported at once.
/// Long strings (pictures) are not copied: they stay slices of the body.</summary>
public static class JsonFields
{
    // An embedding of the largest model has 4,096 numbers; more than this is no embedding of ours.
    private const int MaxNumbers = 16_384;

    private const int MaxTexts = 64;

    // No request of ours has half as many. A body of nothing but names would cost many times its own size.
    private const int MaxMembers = 64;

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

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                string? name = NameOf(ref reader);
                reader.Read();
                var value = ReadValue(ref reader, utf8);
                if (name is not null)
                {
                    fields[name] = value;
                }

                if (fields.Count > MaxMembers)
                {
                    throw Invalid($"has more than {MaxMembers} members");
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

    /// <summary>The name of the member, or null when it is no valid text: no field of ours has such a name.</summary>
    private static string? NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // invalid UTF-8 or a lone surrogate
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
                return ReadArray(ref reader);
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

    private static FieldValue ReadArray(ref Utf8JsonReader reader)
    {
        var texts = new List<string>();
        var numbers = new List<float>();
        bool homogeneous = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.String when texts.Count < MaxTexts && NameOf(ref reader) is { } text:
                    texts.Add(text);
                    break;
                case JsonTokenType.Number when numbers.Count < MaxNumbers && float.IsFinite((float)reader.GetDouble()):
                    numbers.Add((float)reader.GetDouble());
                    break;
                default:
                    reader.Skip();
                    homogeneous = false;
                    break;
            }
        }

        return (homogeneous, texts.Count, numbers.Count) switch
        {
            (true, _, 0) => new() { Kind = FieldKind.Texts, Texts = texts },
            (true, 0, _) => new() { Kind = FieldKind.Numbers, Numbers = [.. numbers] },
            _ => new() { Kind = FieldKind.Other },
        };
    }

    /// <summary>Text of a field that is no picture. Invalid UTF-8 becomes the replacement character, which no name holds.</summary>
    internal static string Decode(Memory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
