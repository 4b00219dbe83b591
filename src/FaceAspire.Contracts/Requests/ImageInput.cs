namespace FaceAspire.Contracts.Requests;

/// <summary>One picture of a request, in the form it came in. The memory belongs to the request's body: valid until that is disposed.</summary>
public sealed class ImageInput
{
    private ImageInput(string field) => Field = field;

    /// <summary>Name of the field, for messages.</summary>
    public string Field { get; }

    /// <summary>UTF-8 text: a URL, a path, a data URI or bare base64. Empty for the other two forms.
    /// Writable, so that base64 can be decoded where it stands.</summary>
    public Memory<byte> Text { get; private init; }

    /// <summary>The encoded image itself, as a multipart part carries it. Empty for the other two forms.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private init; }

    /// <summary>An embedding that stands for the picture (verify only); null for the other two forms.</summary>
    public float[]? Embedding { get; private init; }

    /// <summary>A picture named or carried by text.</summary>
    public static ImageInput FromText(string field, Memory<byte> utf8) => new(field) { Text = utf8 };

    /// <summary>A picture sent as it is.</summary>
    public static ImageInput FromBytes(string field, ReadOnlyMemory<byte> bytes) => new(field) { Bytes = bytes };

    /// <summary>An embedding in place of a picture.</summary>
    public static ImageInput FromEmbedding(string field, float[] embedding) => new(field) { Embedding = embedding };
}
