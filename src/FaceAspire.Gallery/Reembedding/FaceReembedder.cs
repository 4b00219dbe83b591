using System.Collections.Concurrent;
using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery.Reading;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Reembedding;

/// <summary>Gives the faces of a gallery embeddings of another space, from their thumbnails. Searches in the spaces that are complete go on meanwhile.</summary>
public sealed class FaceReembedder(IFaceGallery store, FaceReader reader)
{
    private const int BatchFaces = 64;

    // Enough that no core waits for the store.
    private static readonly int _ahead = Environment.ProcessorCount + 2;

    /// <summary>Embeds the faces that lack it, in batches that are kept at once: what stops it in the middle costs one of them. The space is not yet complete afterwards
    /// (<see cref="IFaceGallery.CompleteSpaceAsync"/>).</summary>
    /// <param name="gallery">The gallery.</param>
    /// <param name="plan">How thumbnails become embeddings.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="FaceAspireException">The store or a model is away.</exception>
    public async Task<ReembeddingProgress> FillAsync(string gallery, RecognitionPlan plan, IProgress<ReembeddingProgress>? progress, CancellationToken cancellationToken)
    {
        HashSet<long> impossible = [];
        int embedded = 0;

        // Faces may come while others are embedded: it is over when a pass finds none.
        while (await FindMissingAsync(gallery, plan.Space, impossible, cancellationToken) is { Count: > 0 } missing)
        {
            int total = embedded + impossible.Count + missing.Count;
            foreach (long[] batch in missing.Chunk(BatchFaces))
            {
                var embeddings = new ConcurrentDictionary<long, Embedding>();
                await Parallel.ForEachAsync(
                    batch,
                    new ParallelOptions { MaxDegreeOfParallelism = _ahead, CancellationToken = cancellationToken },
                    async (face, token) =>
                    {
                        if (await EmbedAsync(gallery, face, plan, token) is { } embedding)
                        {
                            embeddings[face] = embedding;
                        }
                    });
                if (!embeddings.IsEmpty)
                {
                    await store.AddEmbeddingsAsync(gallery, plan.Space, [.. embeddings.OrderBy(static one => one.Key).Select(static one => (one.Key, one.Value))], cancellationToken);
                }

                // Also a face that was removed meanwhile: it is not seen again.
                impossible.UnionWith(batch.Where(face => !embeddings.ContainsKey(face)));
                embedded += embeddings.Count;
                progress?.Report(new(total, embedded, impossible.Count));
            }
        }

        return new(embedded + impossible.Count, embedded, impossible.Count);
    }

    private async Task<List<long>> FindMissingAsync(string gallery, EmbeddingSpace space, HashSet<long> impossible, CancellationToken cancellationToken)
    {
        List<long> missing = [];
        await foreach (var (face, embedding) in store.StreamAsync(gallery, space, cancellationToken))
        {
            if (embedding is null && !impossible.Contains(face.Id))
            {
                missing.Add(face.Id);
            }
        }

        return missing;
    }

    /// <summary>The embedding of a face; null when nothing is kept that shows it.</summary>
    private async Task<Embedding?> EmbedAsync(string gallery, long face, RecognitionPlan plan, CancellationToken cancellationToken)
    {
        if (await store.ReadThumbnailAsync(gallery, face, cancellationToken) is not { } thumbnail)
        {
            return null;
        }

        try
        {
            return await reader.ReadAgainAsync(thumbnail, plan, cancellationToken);
        }
        catch (FaceAspireException exception) when (exception.IsAboutThePicture() || exception.Code == ErrorCode.InferenceError)
        {
            return null;
        }
    }
}
