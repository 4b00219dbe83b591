namespace FaceAspire.Contracts.Requests;

/// <summary>One value of a request as it was sent, before anyone says what it should be.</summary>
public readonly record struct FieldValue
{
    /// <summary>What was sent.</summary>
    public required FieldKind Kind { get; init; }

    /// <summary>UTF-8 text of <see cref="FieldKind.Text"/> and <see cref="FieldKind.FormText"/>, unescaped.</summary>
    public Memory<byte> Text { get; init; }

    /// <summary>The bytes of a <see cref="FieldKind.File"/>.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The value of a <see cref="FieldKind.Number"/>.</summary>
    public double Number { get; init; }

    /// <summary>The value of a <see cref="FieldKind.Boolean"/>.</summary>
    public bool Boolean { get; init; }

    /// <summary>The items of a <see cref="FieldKind.Texts"/>.</summary>
    public IReadOnlyList<string>? Texts { get; init; }

    /// <summary>The items of <see cref="FieldKind.Texts"/> and <see cref="FieldKind.LongTexts"/> where they stand in the body: UTF-8, unescaped.</summary>
    public IReadOnlyList<Memory<byte>>? Items { get; init; }

    /// <summary>The parts of <see cref="FieldKind.Files"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Files { get; init; }

    /// <summary>The members of <see cref="FieldKind.Entries"/>.</summary>
    public IReadOnlyDictionary<string, string>? Entries { get; init; }

    /// <summary>The items of a <see cref="FieldKind.Numbers"/>.</summary>
    public float[]? Numbers { get; init; }
}

/// <summary>Kinds of <see cref="FieldValue"/>.</summary>
public enum FieldKind
{
    /// <summary>JSON null: counts as not sent.</summary>
    Null,

    /// <summary>JSON string.</summary>
    Text,

    /// <summary>Text of a form, where numbers and booleans are text too.</summary>
    FormText,

    /// <summary>File part of a form.</summary>
    File,

    /// <summary>Several file parts of a form, of one name.</summary>
    Files,

    /// <summary>JSON number.</summary>
    Number,

    /// <summary>JSON true or false.</summary>
    Boolean,

    /// <summary>JSON array of strings; also the empty array.</summary>
    Texts,

    /// <summary>JSON array of strings of which at least one is too long for a name: pictures.</summary>
    LongTexts,

    /// <summary>JSON object of a few short strings.</summary>
    Entries,

    /// <summary>JSON array of finite numbers.</summary>
    Numbers,

    /// <summary>Text that is not valid UTF-8, or has an escape that stands for no character.</summary>
    BrokenText,

    /// <summary>Any other object or array.</summary>
    Other,
}
