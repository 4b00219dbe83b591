using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>Turns what was sent into typed values and collects what is wrong with it, so that one answer names every wrong field.</summary>
/// <param name="values">The fields as sent, by wire name.</param>
public sealed class RequestFields(IReadOnlyDictionary<string, FieldValue> values)
{
    /// <summary>Bytes of a form's list: room for every name, thrice over. A form's text may be as long as a picture: no longer list is decoded.</summary>
    public const int MaxListBytes = 1_024;

    // Room for as many entries as there may be, and the quotes between them.
    private const int MaxEntriesBytes = 16_384;
    private const int MaxEntryName = 64;

    private readonly List<FieldError> _errors = [];

    /// <summary>How many wrong fields there are so far.</summary>
    internal int ErrorCount => _errors.Count;

    /// <summary>A picture that must be there.</summary>
    public ImageInput Image(string field) => ReadImage(field, embeddingAllowed: false);

    /// <summary>A picture, or an embedding in its place, that must be there.</summary>
    public ImageInput ImageOrEmbedding(string field) => ReadImage(field, embeddingAllowed: true);

    /// <summary>Pictures: one as <paramref name="field"/> (or an embedding in its place), or a list as <paramref name="listField"/>; one of the two must be there, and not both.</summary>
    /// <param name="field">Name of the field for one.</param>
    /// <param name="listField">Name of the field for several; a form repeats the file part.</param>
    /// <param name="max">Most pictures in the list.</param>
    public IReadOnlyList<ImageInput> ImageOrImages(string field, string listField, int max)
    {
        if (!TryGet(listField, out var value))
        {
            return [ImageOrEmbedding(field)];
        }

        if (TryGet(field, out _))
        {
            Reject(listField, $"send either {field} or {listField}");
            return [ImageOrEmbedding(field)];
        }

        string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"{listField}[{index}]");
        IReadOnlyList<ImageInput> images = value.Kind switch
        {
            FieldKind.Texts or FieldKind.LongTexts when value.Items!.All(static item => item.Length > 0) => [.. value.Items!.Select((item, i) => ImageInput.FromText(Name(i), item))],
            FieldKind.Files => [.. value.Files!.Select((file, i) => ImageInput.FromBytes(Name(i), file))],
            FieldKind.File => [ImageInput.FromBytes(Name(0), value.Bytes)],
            FieldKind.FormText => [ImageInput.FromText(Name(0), value.Text)],
            _ => [],
        };
        if (images.Count == 0 || images.Count > max)
        {
            Reject(listField, $"must be a list of 1 to {max} images, each a URL, a file path, a data URI or base64");
        }

        return images;
    }

    /// <summary>A short text of at least one character; null when not sent.</summary>
    public string? Text(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (value.Kind is FieldKind.Text or FieldKind.FormText && value.Text.Length is > 0 and <= JsonFields.MaxTextBytes)
        {
            return JsonFields.Decode(value.Text); // as it is: a space may be what is wrong with it
        }

        Reject(field, $"must be a text of 1 to {JsonFields.MaxTextBytes} bytes");
        return null;
    }

    /// <summary>Short texts; null when not sent. A form may write them as <c>["a","b"]</c>, <c>(a,b)</c> or <c>a,b</c>; at most 64 are taken.</summary>
    public IReadOnlyList<string>? Texts(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        var texts = TextsOf(value);
        if (texts.Count is > 0 and <= JsonFields.MaxTexts)
        {
            return texts;
        }

        Reject(field, $"must be a list of 1 to {JsonFields.MaxTexts} short texts");
        return null;
    }

    /// <summary>A few texts by name; null when not sent. A form writes them as a JSON object.</summary>
    public IReadOnlyDictionary<string, string>? Entries(string field)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        var entries = value.Kind switch
        {
            FieldKind.Entries => value.Entries,
            FieldKind.FormText when value.Text.Length <= MaxEntriesBytes => ParseEntries(value.Text),
            _ => null,
        };
        if (entries is not null && entries.Keys.All(static name => name.Length is > 0 and <= MaxEntryName && !name.Any(char.IsControl)))
        {
            return entries;
        }

        Reject(field, $"must be an object of at most {JsonFields.MaxEntries} texts of at most {JsonFields.MaxTextBytes} bytes, with names of 1 to {MaxEntryName} characters");
        return null;
    }

    /// <summary>A boolean; null when not sent.</summary>
    public bool? OptionalFlag(string field) => TryGet(field, out _) ? Flag(field, defaultValue: false) : null;

    /// <summary>A whole number within bounds; null when not sent.</summary>
    public int? OptionalWholeNumber(string field, int min, int max) => TryGet(field, out _) ? WholeNumber(field, min, min, max) : null;

    /// <summary>A boolean.</summary>
    public bool Flag(string field, bool defaultValue)
    {
        if (!TryGet(field, out var value))
        {
            return defaultValue;
        }

        if (value.Kind == FieldKind.Boolean)
        {
            return value.Boolean;
        }

        if (value.Kind == FieldKind.FormText && TryDecode(value, out string? text))
        {
            switch (text.ToUpperInvariant())
            {
                case "TRUE" or "1" or "YES" or "ON":
                    return true;
                case "FALSE" or "0" or "NO" or "OFF":
                    return false;
            }
        }

        Reject(field, "must be true or false");
        return defaultValue;
    }

    /// <summary>A whole number within bounds.</summary>
    public int WholeNumber(string field, int defaultValue, int min, int max)
    {
        if (!TryGet(field, out var value))
        {
            return defaultValue;
        }

        if (TryNumber(value, out double number) && number == Math.Floor(number) && number >= min && number <= max)
        {
            return (int)number;
        }

        Reject(field, $"must be a whole number between {min} and {max}");
        return defaultValue;
    }

    /// <summary>A finite number of at least <paramref name="min"/>; null when not sent.</summary>
    public double? Number(string field, double min) => Number(field, min, double.MaxValue);

    /// <summary>A finite number within bounds; null when not sent.</summary>
    public double? Number(string field, double min, double max)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        if (TryNumber(value, out double number) && double.IsFinite(number) && number >= min && number <= max)
        {
            return number;
        }

        Reject(field, max == double.MaxValue
            ? string.Create(CultureInfo.InvariantCulture, $"must be a finite number of at least {min}")
            : string.Create(CultureInfo.InvariantCulture, $"must be a number between {min} and {max}"));
        return null;
    }

    /// <summary>One name of a vocabulary; <paramref name="defaultValue"/> when not sent.</summary>
    public T? Choice<T>(string field, Vocabulary<T> vocabulary, T? defaultValue = default)
        where T : notnull
    {
        if (!TryGet(field, out var value))
        {
            return defaultValue;
        }

        if (value.Kind is FieldKind.Text or FieldKind.FormText && TryDecode(value, out string? text) && vocabulary.TryParse(text, out var choice))
        {
            return choice;
        }

        Reject(field, $"must be one of: {string.Join(", ", vocabulary.Names)}");
        return defaultValue;
    }

    /// <summary>One name of a vocabulary of values; null when not sent.</summary>
    public T? OptionalChoice<T>(string field, Vocabulary<T> vocabulary)
        where T : struct => TryGet(field, out _) ? Choice(field, vocabulary) : null;

    /// <summary>Names of a vocabulary, without repetition; <paramref name="defaultValue"/> when not sent.
    /// A form may write them as <c>["a","b"]</c>, <c>(a,b)</c> or <c>a,b</c>; at most 64 are taken.</summary>
    public IReadOnlyList<T> Choices<T>(string field, Vocabulary<T> vocabulary, IReadOnlyList<T> defaultValue)
        where T : notnull
    {
        if (!TryGet(field, out var value))
        {
            return defaultValue;
        }

        var names = TextsOf(value);
        var choices = new List<T>();
        bool valid = names.Count is > 0 and <= JsonFields.MaxTexts;
        foreach (string name in valid ? names : [])
        {
            if (!vocabulary.TryParse(name, out var choice))
            {
                valid = false;
            }
            else if (!choices.Contains(choice))
            {
                choices.Add(choice);
            }
        }

        if (!valid)
        {
            Reject(field, $"must be a list of one or more of: {string.Join(", ", vocabulary.Names)}");
        }

        return choices;
    }

    /// <summary>Two whole numbers, width and height, each of 1 to <paramref name="max"/>; null when not sent. A form may write <c>[224,224]</c> or <c>224,224</c>.</summary>
    public TargetSize? Size(string field, int max)
    {
        if (!TryGet(field, out var value))
        {
            return null;
        }

        double[] sides = value.Kind switch
        {
            FieldKind.Numbers => Array.ConvertAll(value.Numbers ?? [], static side => (double)side),
            FieldKind.FormText => [.. TextsOf(value).Select(static text => double.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out double side) ? side : 0)],
            _ => [],
        };
        if (sides is [var width, var height] && IsSide(width) && IsSide(height))
        {
            return new((int)width, (int)height);
        }

        Reject(field, $"must be [width, height], whole numbers between 1 and {max}");
        return null;

        bool IsSide(double side) => side >= 1 && side <= max && side == Math.Floor(side);
    }

    /// <summary>Notes that a field is wrong.</summary>
    public void Reject(string field, string msg) => _errors.Add(new(field, msg));

    /// <summary>Throws once, with every wrong field; does nothing when there is none.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ValidationError"/>.</exception>
    public void ThrowIfInvalid()
    {
        if (_errors.Count > 0)
        {
            throw FaceAspireException.OfFields(_errors);
        }
    }

    private static IReadOnlyList<string> TextsOf(in FieldValue value) => value.Kind switch
    {
        FieldKind.Texts => value.Texts ?? [],
        FieldKind.FormText when value.Text.Length <= MaxListBytes => JsonFields.Decode(value.Text).Trim(' ', '[', ']', '(', ')')
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(name => name.Trim('"', '\''))
            .ToList(),
        _ => [],
    };

    private static Dictionary<string, string>? ParseEntries(Memory<byte> json)
    {
        try
        {
            var members = JsonFields.Read(json);
            return members.Count <= JsonFields.MaxEntries && members.Values.All(static member => member.Kind == FieldKind.Text && member.Text.Length <= JsonFields.MaxTextBytes)
                ? members.ToDictionary(static member => member.Key, static member => JsonFields.Decode(member.Value.Text))
                : null;
        }
        catch (FaceAspireException)
        {
            return null; // not JSON: told under the field's name
        }
    }

    private static bool TryNumber(in FieldValue value, out double number)
    {
        number = value.Number;
        return value.Kind == FieldKind.Number ||
            (value.Kind == FieldKind.FormText && TryDecode(value, out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number));
    }

    private static bool TryDecode(in FieldValue value, [NotNullWhen(true)] out string? text)
    {
        text = value.Text.Length <= JsonFields.MaxTextBytes ? JsonFields.Decode(value.Text).Trim() : null;
        return text is not null;
    }

    private bool TryGet(string field, out FieldValue value)
    {
        if (!values.TryGetValue(field, out value) || value.Kind == FieldKind.Null)
        {
            return false;
        }

        // An empty input of a form is one that was not filled in.
        return value.Kind != FieldKind.FormText || value.Text.Length > 0;
    }

    private ImageInput ReadImage(string field, bool embeddingAllowed)
    {
        if (!TryGet(field, out var value))
        {
            Reject(field, "Field required");
            return ImageInput.FromBytes(field, default);
        }

        switch (value.Kind)
        {
            case FieldKind.Text or FieldKind.FormText when value.Text.Length > 0:
                return ImageInput.FromText(field, value.Text);
            case FieldKind.File:
                return ImageInput.FromBytes(field, value.Bytes);
            case FieldKind.Files:
                Reject(field, "must be one picture");
                break;
            case FieldKind.Numbers when embeddingAllowed:
                float[] embedding = value.Numbers ?? [];
                if (embedding.AsSpan().ContainsAnyExcept(0f))
                {
                    return ImageInput.FromEmbedding(field, embedding);
                }

                Reject(field, "an embedding must not be all zero");
                break;
            default:
                Reject(field, embeddingAllowed
                    ? "must be a URL, a file path, a data URI, base64, or an embedding: an array of finite numbers"
                    : "must be a URL, a file path, a data URI or base64");
                break;
        }

        return ImageInput.FromBytes(field, default);
    }
}
