using System.IO.Pipelines;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Transfer;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Answers <c>export</c> and <c>import</c>: a gallery as JSON lines, with memory that does not grow with it.</summary>
internal sealed class GalleryTransfer(IFaceGallery galleries, GalleryExporter exporter, GalleryImporter importer, GalleryPlans plans, IGallerySpaces spaces, GalleryAudit audit)
{
    private static readonly EmbeddingChoice _open = new(null, null, null, null, null, null);

    /// <summary>Writes a gallery.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.NotFound"/>; nothing was written then.</exception>
    public async Task ExportAsync(string gallery, GalleryExport options, PipeWriter output, CancellationToken cancellationToken)
    {
        await galleries.RequireGalleryAsync(gallery, cancellationToken);
        if (await exporter.ExportAsync(gallery, options, output, cancellationToken) is null)
        {
            throw RequiredEntries.NoGallery(gallery); // removed in between
        }
    }

    /// <summary>Reads lines into a gallery. What was read before a failure is kept.</summary>
    /// <exception cref="FaceAspireException"><see cref="ErrorCode.ValidationError"/>: the name, or the first line.</exception>
    public async Task<ImportResponse> ImportAsync(string gallery, PipeReader input, Caller caller, CancellationToken cancellationToken)
    {
        NameErrors.ThrowIfInvalid(gallery);
        var plan = plans.ForEnrolment(gallery, await galleries.FindGalleryAsync(gallery, cancellationToken), _open, enforceDetection: true);
        var progress = new LastReport();
        GalleryImport import;
        try
        {
            import = await importer.ImportAsync(gallery, input, plan, progress, cancellationToken);
        }
        catch (FaceAspireException failure) when (failure.Code == ErrorCode.ValidationError)
        {
            throw FaceAspireException.OfField("body", failure.Message, failure);
        }
        finally
        {
            // Faces that were there may have got other metadata.
            if (progress.Value is { } done)
            {
                audit.Changed(caller, "import", gallery, subject: null, done.Created);
            }
        }

        await CompleteOthersAsync(gallery, plan.Space, cancellationToken);

        return new(
            Success: true,
            import.Created,
            import.Existing,
            import.Failed,
            [.. import.Problems.Select(static problem => new ImportError(problem.Line, $"Line {problem.Line} {problem.Message}."))]);
    }

    /// <summary>Has the imported faces embedded for the other spaces that the gallery is searched in, too.</summary>
    private async Task CompleteOthersAsync(string gallery, EmbeddingSpace own, CancellationToken cancellationToken)
    {
        foreach (var space in (await galleries.FindGalleryAsync(gallery, cancellationToken))?.Spaces ?? [])
        {
            if (space.IsComplete && space.Space != own && plans.TryPlan(space.Space) is { } other)
            {
                await spaces.RequestAsync(gallery, other, cancellationToken);
            }
        }
    }

    /// <summary>Remembers the last report; <see cref="Progress{T}"/> would tell it later, on another thread.</summary>
    private sealed class LastReport : IProgress<GalleryImport>
    {
        public GalleryImport? Value { get; private set; }

        public void Report(GalleryImport value) => Value = value;
    }
}
