using System.Buffers;
using FaceAspire.Contracts.Requests;

namespace FaceAspire.ServiceDefaults.Binding;

/// <summary>The fields of a body and the pooled memory that they point into.</summary>
internal sealed class RequestBody : IDisposable
{
    private readonly List<byte[]> _rented = [];
    private bool _disposed;

    /// <summary>The fields as sent, by wire name.</summary>
    public IReadOnlyDictionary<string, FieldValue> Fields { get; set; } = new Dictionary<string, FieldValue>();

    /// <summary>Takes over an array of the shared pool.</summary>
    public void Own(byte[] rented) => _rented.Add(rented);

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _rented.ForEach(static array => ArrayPool<byte>.Shared.Return(array));
        }
    }
}
