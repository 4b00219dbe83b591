using System.IO.Pipelines;
using System.Text.Json;

namespace FaceAspire.Gallery.Transfer;

/// <summary>Writes a gallery as JSON lines: a <see cref="GalleryHeader"/>, then a <see cref="GalleryLine"/> for each face. Memory does not grow with the gallery.</summary>
public sealed class GalleryExporter(IFaceGallery store)
{
    // A line is written in memory before it is sent: what a slow reader can hold up is one line and this.
    private const int FlushAfter = 65_536;

    // Of so many subjects is remembered that their metadata has been told; of others it is told again, which changes nothing.
    private const int RememberedSubjects = 1_000;

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
        var told = new RecentSubjects();
        var space = options.Embeddings ? options.Space ?? entry.ActiveSpace : null;
        long written = 0;
        await foreach (var (face, embedding) in store.StreamAsync(gallery, space, cancellationToken))
        {
            var subject = told.Add(face.Subject) ? await store.FindSubjectAsync(gallery, face.Subject, cancellationToken) : null;
            var thumbnail = options.Thumbnails && face.HasThumbnail ? await store.ReadThumbnailAsync(gallery, face.Id, cancellationToken) : null;
            var line = new GalleryLine(face.Subject, face.ContentHash, face.FaceIndex, face.Area, face.Confidence, face.EnrolledAt)
            {
                Source = face.Source,
                Metadata = subject?.Metadata is { Count: > 0 } metadata ? metadata : null,
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

    /// <summary>The subjects that were met last.</summary>
    private sealed class RecentSubjects
    {
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);
        private readonly Queue<string> _order = new();

        /// <summary>Remembers a subject; false when it is remembered already.</summary>
        public bool Add(string name)
        {
            if (!_names.Add(name))
            {
                return false;
            }

            _order.Enqueue(name);
            if (_order.Count > RememberedSubjects)
            {
                _names.Remove(_order.Dequeue());
            }

            return true;
        }
    }
}
