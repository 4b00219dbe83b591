using System.Buffers;

namespace FaceAspire.Vision.Imaging;

/// <summary>For each destination coordinate the two source coordinates and the weight of the second: OpenCV's bilinear, half-pixel centres, weights in single precision.</summary>
internal readonly struct BilinearTaps : IDisposable
{
    private readonly IMemoryOwner<(int First, int Second, float Weight)> _owner;

    private BilinearTaps(IMemoryOwner<(int First, int Second, float Weight)> owner) => _owner = owner;

    public (int First, int Second, float Weight) this[int i] => _owner.Memory.Span[i];

    public static BilinearTaps Rent(int destination, int source)
    {
        var owner = MemoryPool<(int First, int Second, float Weight)>.Shared.Rent(destination);
        var taps = owner.Memory.Span;
        double scale = source / (double)destination;
        for (int i = 0; i < destination; i++)
        {
            float position = (float)(((i + 0.5) * scale) - 0.5);
            int first = (int)MathF.Floor(position);
            float weight = position - first;
            taps[i] = first < 0 ? (0, 0, 0f) : first >= source - 1 ? (source - 1, source - 1, 0f) : (first, first + 1, weight);
        }

        return new(owner);
    }

    public void Dispose() => _owner.Dispose();
}
