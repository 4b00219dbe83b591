using System.Globalization;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;
using FaceAspire.ModelHub;

namespace FaceAspire.Recognition.Galleries;

/// <summary>How pictures become embeddings that a gallery can use. What a request leaves open is as the gallery's active space has it, also when that is of another model than the default one.</summary>
internal sealed class GalleryPlans(RecognitionDefaults defaults, ModelCatalog catalog, IGallerySpaces spaces, GalleryAudit audit)
{
    // So many faces of a picture are enrolled at most, the largest.
    private const int MaxEnrolledFaces = 64;

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(10);

    /// <summary>The plan of a search.</summary>
    /// <param name="gallery">Name of the gallery.</param>
    /// <param name="entry">The gallery; null where it has yet to be made.</param>
    /// <param name="choice">What the request says.</param>
    /// <param name="enforceDetection">Whether a picture without a face is an error.</param>
    /// <param name="maxFaces">Only this many faces; null for all.</param>
    /// <param name="caller">Who asks: only who may change the gallery can have it embedded another way, too.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="FaceAspireException">The gallery cannot be searched so: <c>service_unavailable</c> when it soon can, else <c>validation_error</c>.</exception>
    public async Task<RecognitionPlan> ForSearchAsync(
        string gallery, GalleryEntry? entry, EmbeddingChoice choice, bool enforceDetection, int? maxFaces, Caller caller, CancellationToken cancellationToken)
    {
        var plan = Plan(entry?.ActiveSpace, choice, enforceDetection, maxFaces);
        if (entry is null or { Spaces.Count: 0 } || entry.Spaces.Any(space => space.IsComplete && space.Space == plan.Space))
        {
            return plan;
        }

        if (spaces.ProgressOf(gallery, plan) is not { } progress)
        {
            if (!caller.MayEnrol || await spaces.RequestAsync(gallery, plan, cancellationToken) is not { } begun)
            {
                throw Mismatch(gallery, entry, plan, choice);
            }

            progress = begun;
            audit.Changed(caller, "begin_space", gallery, subject: null, begun.Total);
        }

        throw new FaceAspireException(
            ErrorCode.ServiceUnavailable,
            $"The gallery '{gallery}' is being embedded by {Describe(plan.Space)}: {progress.Done} of {progress.Total} faces are done.")
        {
            RetryAfter = _retryAfter,
        };
    }

    /// <summary>The plan of an enrolment: that of the gallery's active space, or of its first face.</summary>
    /// <exception cref="FaceAspireException">The request names what the gallery has otherwise.</exception>
    public RecognitionPlan ForEnrolment(string gallery, GalleryEntry? entry, EmbeddingChoice choice, bool enforceDetection)
    {
        var plan = Plan(entry?.ActiveSpace, choice, enforceDetection, MaxEnrolledFaces);
        return entry?.ActiveSpace is not { } active || active == plan.Space ? plan : throw Mismatch(gallery, entry, plan, choice);
    }

    /// <summary>The plan that makes the embeddings of a space; null when its model is not this service's, or no longer.</summary>
    public RecognitionPlan? TryPlan(EmbeddingSpace space) => defaults.TryPlan(space);

    private static FaceAspireException Mismatch(string gallery, GalleryEntry entry, RecognitionPlan plan, EmbeddingChoice choice)
    {
        var active = entry.Spaces[0].Space;
        string has = string.Join("; ", entry.Spaces.Where(static space => space.IsComplete).Select(static space => Describe(space.Space)));
        var errors = new List<FieldError>();
        void Compare(string field, bool isSent, object wanted, object there)
        {
            if (isSent && !wanted.Equals(there))
            {
                errors.Add(new(field, $"the gallery '{gallery}' has embeddings by {has}; leave the field out, or send what it has"));
            }
        }

        var space = plan.Space;
        Compare("model_name", choice.ModelName is not null, space.Model, active.Model);
        Compare("detector_backend", choice.DetectorBackend is not null, space.Detector, active.Detector);
        Compare("alignment", choice.Alignment is not null, space.Alignment, active.Alignment);
        Compare("normalization", choice.Normalization is not null, space.Normalization, active.Normalization);
        Compare("align", choice.Align is not null, space.Align, active.Align);
        Compare("expand_percentage", choice.ExpandPercentage is not null, space.ExpandPercentage, active.ExpandPercentage);
        return errors.Count > 0
            ? FaceAspireException.OfFields(errors)
            : new FaceAspireException(
                ErrorCode.ServiceUnavailable, $"The gallery '{gallery}' has embeddings by {has}, version {active.ModelVersion}; this service has version {space.ModelVersion}.");
    }

    private static string Describe(EmbeddingSpace space) => string.Create(
        CultureInfo.InvariantCulture,
        $"{space.Model} (detector_backend {space.Detector}, alignment {space.Alignment}, normalization {space.Normalization}{(space.Align ? "" : ", align false")}{(space.ExpandPercentage == 0 ? "" : $", expand_percentage {space.ExpandPercentage}")})");

    /// <summary>A request's choice where it makes one; else the active space's, and where its model is another's than the request's, what fits the request's.</summary>
    private RecognitionPlan Plan(EmbeddingSpace? active, EmbeddingChoice choice, bool enforceDetection, int? maxFaces)
    {
        // A model that the catalogue no longer has is told by the difference between the spaces.
        string? activeModel = active is not null && catalog.TryGet(ModelTask.Recognition, active.Model, out var known) ? known.Name : null;
        bool isActive = activeModel is not null && (choice.ModelName ?? activeModel) == activeModel;
        return defaults.Plan(
            choice.ModelName ?? activeModel,
            choice.DetectorBackend ?? (active is not null && catalog.Names.Detectors.TryParse(active.Detector, out string? detector) ? detector : null),
            choice.Alignment ?? (isActive ? ApiNames.Alignments.Parse(active!.Alignment) : null),
            choice.Normalization ?? (isActive ? ApiNames.Normalizations.Parse(active!.Normalization) : InputNormalization.Base),
            enforceDetection,
            choice.Align ?? active?.Align ?? true,
            choice.ExpandPercentage ?? active?.ExpandPercentage ?? 0,
            maxFaces);
    }
}
