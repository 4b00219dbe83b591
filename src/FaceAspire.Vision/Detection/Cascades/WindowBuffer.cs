using System.Buffers;

namespace FaceAspire.Vision.Detection.Cascades;

/// <summary>The windows of a scan in its order. Owns pooled memory: dispose it.</summary>
internal sealed class WindowBuffer : IDisposable
{
    private const int FirstCapacity = 256;

    private IMemoryOwner<CascadeWindow> _owner = MemoryPool<CascadeWindow>.Shared.Rent(FirstCapacity);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All of them.</summary>
    public ReadOnlySpan<CascadeWindow> Windows => _owner.Memory.Span[..Count];

    /// <summary>Adds one.</summary>
    public void Add(in CascadeWindow window)
    {
        if (Count == _owner.Memory.Length)
        {
            var larger = MemoryPool<CascadeWindow>.Shared.Rent(2 * Count);
            Windows.CopyTo(larger.Memory.Span);
            _owner.Dispose();
            _owner = larger;
        }

        _owner.Memory.Span[Count++] = window;
    }

    /// <inheritdoc/>
    public void Dispose() => _owner.Dispose();
}
