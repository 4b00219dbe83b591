using System.Buffers;
using FaceAspire.ServiceDefaults.Calls;

namespace FaceAspire.Recognition.Caching;

/// <summary>The computation of one picture's embeddings for whoever waits for them. It may outlive the request that began it, so it has a copy of the picture, in pooled memory
/// that goes back exactly once: by the computation when it ends, or by the request that learns that the computation is never to run.</summary>
/// <param name="image">The picture, which is copied.</param>
/// <param name="compute">Makes embeddings of a picture whose memory is valid until its task ends.</param>
/// <param name="pool">Gives the memory for the copy.</param>
internal sealed class SharedEmbedding(ReadOnlySpan<byte> image, EmbeddingCache.Compute compute, ArrayPool<byte> pool)
{
    private readonly int _length = image.Length;
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private byte[]? _copy = Copy(image, pool);

    /// <summary>Computes. Called at most once, on a thread that HybridCache picks, which knows nothing of the request: restoring the request's context puts the spans (those of writing
    /// the result to Redis included) in its trace and the log lines under its id. HybridCache calls us from an asynchronous method of its own, whose end takes the context back.</summary>
    public ValueTask<CachedFaces> RunAsync(CancellationToken cancellationToken)
    {
        if (_context is not null)
        {
            ExecutionContext.Restore(_context);
        }

        return ComputeAsync(cancellationToken);
    }

    /// <summary>Gives the memory back when the computation has not run. Only for a caller that knows it never will: one that was answered by another computation.
    /// A caller that leaves does not know, and leaves the memory alone.</summary>
    public void Abandon() => Return(Interlocked.Exchange(ref _copy, null));

    private static byte[] Copy(ReadOnlySpan<byte> image, ArrayPool<byte> pool)
    {
        byte[] copy = pool.Rent(image.Length);
        image.CopyTo(copy);
        return copy;
    }

    private async ValueTask<CachedFaces> ComputeAsync(CancellationToken cancellationToken)
    {
        SharedWork.Begin();
        byte[] copy = Interlocked.Exchange(ref _copy, null) ?? throw new InvalidOperationException("The computation of embeddings runs once, and not after it was abandoned.");
        try
        {
            var faces = new CachedFaces(await compute(copy.AsMemory(0, _length), cancellationToken));
            return CachedFacesSerializer.LengthOf(faces) <= EmbeddingCache.MaxEntryBytes ? faces : throw new UncacheableException(faces.Faces);
        }
        finally
        {
            Return(copy);
        }
    }

    private void Return(byte[]? copy)
    {
        if (copy is not null)
        {
            pool.Return(copy);
        }
    }
}
