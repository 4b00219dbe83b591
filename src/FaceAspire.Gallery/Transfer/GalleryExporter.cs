using System.IO.Pipelines;
using System.Text.Json;

namespace FaceAspire.Gallery.Transfer;

/// <summary>Writes a gallery as JSON lines: a <see cref="GalleryHeader"/>, then a <see cref="GalleryLine"/> for each face. Memory does not grow with the gallery.</summary>
public sealed class GalleryExporter(IFaceGallery store)
{
    // A line is written in memory before it is sent: what a slow reader can hold up is one line and this.
    private const int FlushAfter = 65_536;
    private const int SubjectPage = 256;

    /// <summary>Exports a gallery, faces by id.</summary>
    /// <param name="gallery">The gallery.</param>
    /// <param name="options">What to tell of each face.</param>
    /// <param name="output">Where to; flushed, not completed.</param>
    /// <param name="cancellationToken">Stops in the middle.</param>
    /// <returns>How many faces were written; null, and nothing written, when there is no such gallery.</returns>
    public async Task<long?> ExportAsync(string gallery, GalleryExport options, PipeWriter output, CancellationToken cancellationToken)
    {
        if (await store.FindGalleryAsync(gallery, cancellationToken) is not { } entry)
        {
            return null;
        }

        await using (var header = new Utf8JsonWriter(output))
        {
            JsonSerializer.Serialize(header, new GalleryHeader(GalleryHeader.FormatName, GalleryHeader.CurrentVersion, gallery), GalleryJsonContext.Default.GalleryHeader);
        }

        await output.WriteAsync("\n"u8.ToArray(), cancellationToken);
        var metadata = await ReadMetadataAsync(gallery, cancellationToken);
        var space = options.Embeddings ? options.Space ?? entry.ActiveSpace : null;
        long written = 0;
        await foreach (var (face, embedding) in store.StreamAsync(gallery, space, cancellationToken))
        {
            metadata.Remove(face.Subject, out var known);
            var thumbnail = options.Thumbnails && face.HasThumbnail ? await store.ReadThumbnailAsync(gallery, face.Id, cancellationToken) : null;
            var line = new GalleryLine(face.Subject, face.ContentHash, face.FaceIndex, face.Area, face.Confidence, face.EnrolledAt)
            {
                Source = face.Source,
                Metadata = known,
                Thumbnail = thumbnail?.ToArray(),
                Space = embedding is null ? null : space,
                Embedding = embedding is { } vector ? GalleryLine.BytesOf(vector) : null,
            };
            line.WriteTo(output);
            written++;
            if (output.UnflushedBytes >= FlushAfter && (await output.FlushAsync(cancellationToken)).IsCompleted)
            {
                return written; // nobody reads any more
            }
        }

        await output.FlushAsync(cancellationToken);
        return written;
    }

    /// <summary>The metadata of the subjects that have some.</summary>
    private async Task<Dictionary<string, IReadOnlyDictionary<string, string>>> ReadMetadataAsync(string gallery, CancellationToken cancellationToken)
    {
        var metadata = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        string? after = null;
        while (await store.ListSubjectsAsync(gallery, after, SubjectPage, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var subject in page.Where(static subject => subject.Metadata.Count > 0))
            {
                metadata[subject.Name] = subject.Metadata;
            }

            after = page[^1].Name;
        }

        return metadata;
    }
}
