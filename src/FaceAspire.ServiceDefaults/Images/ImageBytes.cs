using System.Buffers;

namespace FaceAspire.ServiceDefaults.Images;

/// <summary>The bytes of an encoded image. Owns pooled memory where they were fetched; a part of the request's body otherwise.</summary>
public sealed class ImageBytes : IDisposable
{
    private byte[]? _rented;

    private ImageBytes(ReadOnlyMemory<byte> memory, byte[]? rented) => (Memory, _rented) = (memory, rented);

    /// <summary>The bytes; not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Memory { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _rented, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Bytes that belong to somebody else.</summary>
    internal static ImageBytes Borrowed(ReadOnlyMemory<byte> memory) => new(memory, rented: null);

    /// <summary>The first <paramref name="length"/> bytes of an array from the shared pool, which goes back when this is disposed.</summary>
    internal static ImageBytes Owned(byte[] rented, int length) => new(rented.AsMemory(0, length), rented);
}
