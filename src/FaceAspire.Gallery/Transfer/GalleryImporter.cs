using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery.Reading;
using FaceAspire.Vision.Extraction;

namespace FaceAspire.Gallery.Transfer;

/// <summary>Reads a gallery that <see cref="GalleryExporter"/> wrote. Bad lines are told and left out; importing the same lines again changes nothing.</summary>
/// <param name="store">Where the faces go.</param>
/// <param name="reader">Embeds thumbnails of lines that lack the embedding wanted.</param>
public sealed class GalleryImporter(IFaceGallery store, FaceReader reader)
{
    private const int BatchFaces = 64;
    private const int BatchBytes = 4 * GalleryLine.MaxLength;

    /// <summary>Imports lines. Faces keep their embeddings of spaces that the gallery has; one that has none of the plan's space is embedded from its thumbnail.</summary>
    /// <param name="gallery">The gallery; made when it is not there.</param>
    /// <param name="input">The lines; read to the end, not completed.</param>
    /// <param name="plan">How thumbnails become embeddings, and the space that the gallery is searched in.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Stops after the faces that are already kept.</param>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ValidationError"/>: the first line is no header of this format and version. Also what the store and the models throw.</exception>
    public async Task<GalleryImport> ImportAsync(
        string gallery, PipeReader input, RecognitionPlan plan, IProgress<GalleryImport>? progress, CancellationToken cancellationToken)
    {
        var lines = new BoundedLines(input, GalleryLine.MaxLength);
        if (!await lines.ReadAsync(cancellationToken) || lines.IsTooLong || !IsHeader(lines.Line))
        {
            throw new FaceAspireException(
                ErrorCode.ValidationError, $"line 1 is not the header of an exported gallery of version {GalleryHeader.CurrentVersion}");
        }

        EmbeddingSpace[] known = [plan.Space, .. (await store.FindGalleryAsync(gallery, cancellationToken))?.Spaces.Select(static space => space.Space) ?? []];
        var import = new Import(store, gallery, progress);
        while (await lines.ReadAsync(cancellationToken))
        {
            if (!lines.IsTooLong && lines.Line.IsEmpty)
            {
                continue;
            }

            try
            {
                var line = lines.IsTooLong ? throw new FormatException($"has more than {GalleryLine.MaxLength} bytes") : GalleryLine.Parse(lines.Line);
                long length = lines.Line.Length;
                await import.AddAsync(line, await EmbedAsync(line, plan, known, cancellationToken), length, cancellationToken);
            }
            catch (FormatException exception)
            {
                import.Fail(lines.Number, exception.Message);
            }
        }

        return await import.FinishAsync(cancellationToken);
    }

    private static bool IsHeader(ReadOnlySequence<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            return JsonSerializer.Deserialize(ref json, GalleryJsonContext.Default.GalleryHeader)
                is { Format: GalleryHeader.FormatName, Version: GalleryHeader.CurrentVersion };
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The embeddings of a line: its own where the gallery has that space, and one of the plan's.</summary>
    private async Task<List<SpaceEmbedding>> EmbedAsync(GalleryLine line, RecognitionPlan plan, EmbeddingSpace[] known, CancellationToken cancellationToken)
    {
        List<SpaceEmbedding> embeddings = [];
        if (line.ReadEmbedding() is { } given && known.Contains(line.Space!))
        {
            embeddings.Add(new(line.Space!, given));
        }

        if (line.Space != plan.Space && line.Thumbnail is { } thumbnail)
        {
            try
            {
                embeddings.Insert(0, new(plan.Space, await reader.ReadAgainAsync(thumbnail, plan, cancellationToken)));
            }
            catch (FaceAspireException exception) when (exception.IsAboutThePicture())
            {
                throw new FormatException($"has a thumbnail that cannot be read: {exception.Message}", exception);
            }
        }

        return embeddings.Count > 0 ? embeddings : throw new FormatException("has neither an embedding that the gallery can use nor a thumbnail");
    }

    /// <summary>The state of one import.</summary>
    private sealed class Import(IFaceGallery store, string gallery, IProgress<GalleryImport>? progress)
    {
        private readonly List<FaceEnrolment> _batch = [];
        private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _metadata = new(StringComparer.Ordinal);
        private readonly List<ImportProblem> _problems = [];
        private long _batchBytes;
        private int _created;
        private int _existing;
        private int _failed;

        private GalleryImport State => new(_created, _existing, _failed, [.. _problems]);

        public void Fail(long line, string message)
        {
            _failed++;
            if (_problems.Count < GalleryImport.MaxProblems)
            {
                _problems.Add(new(line, message));
            }
        }

        public async Task AddAsync(GalleryLine line, IReadOnlyList<SpaceEmbedding> embeddings, long length, CancellationToken cancellationToken)
        {
            // Without its source: a folder's sync removes the faces whose files are gone, and these came from no folder.
            _batch.Add(new(line.Subject, line.ContentHash, line.FaceIndex, line.FacialArea, line.Confidence, Source: null, line.Thumbnail, embeddings));
            if (line.Metadata is { } metadata)
            {
                _metadata[line.Subject] = metadata;
            }

            _batchBytes += length;
            if (_batch.Count >= BatchFaces || _batchBytes >= BatchBytes)
            {
                await FlushAsync(cancellationToken);
            }
        }

        public async Task<GalleryImport> FinishAsync(CancellationToken cancellationToken)
        {
            await store.CreateGalleryAsync(gallery, cancellationToken);
            await FlushAsync(cancellationToken);
            return State;
        }

        private async Task FlushAsync(CancellationToken cancellationToken)
        {
            if (_batch.Count > 0)
            {
                var results = await store.EnrolAsync(gallery, _batch, cancellationToken);
                int created = results.Count(static result => result.Created);
                _created += created;
                _existing += results.Count - created;
            }

            foreach (var (subject, metadata) in _metadata)
            {
                await store.SetMetadataAsync(gallery, subject, metadata, cancellationToken);
            }

            _batch.Clear();
            _metadata.Clear();
            _batchBytes = 0;
            progress?.Report(State);
        }
    }
}
