using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;
using FaceAspire.ServiceDefaults.Images;
using FaceAspire.Vision.Extraction;

namespace FaceAspire.Recognition.Galleries;

/// <summary>Enrols the faces of pictures, or an embedding, for a subject. Each picture is kept as soon as it is read: what fails later undoes none.</summary>
internal sealed class FaceEnroller(
    IFaceGallery galleries, GalleryPlans plans, ImageSource images, FaceReader reader, RecognitionDefaults defaults, GalleryAudit audit)
{
    // The nearest faces may all be the subject's own; behind so many of them nobody else's is looked for.
    private const int MostNeighbours = 10_000;

    public async Task<EnrolResponse> EnrolAsync(string gallery, string subject, EnrolRequest request, Caller caller, CancellationToken cancellationToken)
    {
        NameErrors.ThrowIfInvalid(gallery, ("subject", subject));
        var entry = await galleries.FindGalleryAsync(gallery, cancellationToken);
        var plan = plans.ForEnrolment(gallery, entry, request.Choice, request.EnforceDetection);
        if (request.Images is [{ } only] && FaceRepresenter.DimensionErrorOf(only, plan) is { } error)
        {
            throw FaceAspireException.OfFields([error]);
        }

        var work = new Work(gallery, subject, request, plan, OtherPlans(entry, plan.Space));
        bool isKnown = false;
        try
        {
            for (int i = 0; i < request.Images.Count; i++)
            {
                await EnrolAsync(work, i, cancellationToken);
            }

            await CompleteAsync(work, cancellationToken);
            if (request.Metadata is { } metadata && work.Kept > 0)
            {
                isKnown = await galleries.SetMetadataAsync(gallery, subject, metadata, cancellationToken);
            }
        }
        finally
        {
            if (work.Created.Count > 0 || isKnown)
            {
                audit.Changed(caller, "enrol", gallery, subject, work.Created.Count);
            }
        }

        return new(Success: true, work.Created.Count, work.Kept - work.Created.Count, work.Results.Count - work.Kept, work.Results);
    }

    /// <summary>Whether a failure is about one picture, so that others of its list may still be enrolled.</summary>
    private static bool IsOfOnePicture(FaceAspireException failure) =>
        failure.IsAboutThePicture() || failure.Code == ErrorCode.ValidationError || failure.Code == ErrorCode.InferenceError;

    private static EnrolledItem Failure(int image, FaceAspireException failure) => new(image, "error") { ErrorCode = failure.Code.Name, Message = MessageOf(failure) };

    private static string MessageOf(FaceAspireException failure) => failure.Fields is [{ } field, ..] ? $"{field.Field}: {field.Msg}" : failure.Message;

    private static FaceAspireException Refused(ImageInput input, string msg) => FaceAspireException.OfField(input.Field, msg);

    /// <summary>The other spaces that the gallery is searched in, as far as this service can make their embeddings.</summary>
    private RecognitionPlan[] OtherPlans(GalleryEntry? entry, EmbeddingSpace own) =>
        [.. (entry?.Spaces ?? []).Where(space => space.IsComplete && space.Space != own).Select(space => plans.TryPlan(space.Space)).OfType<RecognitionPlan>()];

    private async Task EnrolAsync(Work work, int image, CancellationToken cancellationToken)
    {
        var input = work.Request.Images[image];
        try
        {
            var (hash, faces) = await ReadAsync(input, work, cancellationToken);
            await KeepAsync(work, image, hash, faces, cancellationToken);
        }
        catch (FaceAspireException failure) when (work.Request.IsList && IsOfOnePicture(failure))
        {
            work.Results.Add(Failure(image, failure));
        }
    }

    /// <summary>The faces of a picture that are wanted, with their places among all of them.</summary>
    private async Task<(string Hash, IReadOnlyList<(int Index, ReadFace Face)> Faces)> ReadAsync(ImageInput input, Work work, CancellationToken cancellationToken)
    {
        if (input.Embedding is { } given)
        {
            return (Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(given.AsSpan()))), [(0, new ReadFace(FaceEmbedding.UnknownArea, Confidence: 0, new(given), Thumbnail: null))]);
        }

        using var image = await images.OpenAsync(input, cancellationToken);
        IReadOnlyList<ReadFace> faces;
        try
        {
            var plan = work.Request.AntiSpoofing ? reader.RequireReal(work.Plan) : work.Plan;
            faces = await reader.ReadAsync(image.Memory, plan with { ScoreQuality = work.Request.MinQuality > 0 }, cancellationToken);
        }
        catch (FaceAspireException failure) when (failure.IsAboutThePicture())
        {
            throw failure.NamedAfter(input);
        }

        var all = faces.Index();
        return (Convert.ToHexStringLower(SHA256.HashData(image.Memory.Span)), (work.Request.OnSeveral, faces.Count) switch
        {
            (SeveralFaces.Error, > 1) => throw Refused(input, $"the picture has {faces.Count} faces; send one of one face, or on_several"),
            (SeveralFaces.Largest, > 1) => [all.MaxBy(static face => (long)(face.Item.Area.W ?? 0) * (face.Item.Area.H ?? 0))],
            _ => [.. all],
        });
    }

    private async Task KeepAsync(Work work, int image, string hash, IReadOnlyList<(int Index, ReadFace Face)> faces, CancellationToken cancellationToken)
    {
        var refused = new List<EnrolledItem>();
        var enrolments = new List<FaceEnrolment>();
        foreach (var (index, face) in faces)
        {
            if (await RefusalOfAsync(work, image, face, cancellationToken) is { } refusal)
            {
                refused.Add(refusal);
                continue;
            }

            List<SpaceEmbedding> embeddings = [new(work.Plan.Space, face.Embedding)];
            if (face.Thumbnail is { } thumbnail)
            {
                foreach (var other in work.Others)
                {
                    embeddings.Add(new(other.Space, await reader.ReadAgainAsync(thumbnail, other, cancellationToken)));
                }
            }

            enrolments.Add(new(work.Subject, hash, index, face.Area, face.Confidence, Source: null, face.Thumbnail, embeddings));
        }

        if (enrolments.Count == 0 && !work.Request.IsList)
        {
            throw Refused(work.Request.Images[image], refused[0].Message ?? "");
        }

        foreach (var result in enrolments.Count > 0 ? await galleries.EnrolAsync(work.Gallery, enrolments, cancellationToken) : [])
        {
            work.Add(image, result);
        }

        work.Results.AddRange(refused);
    }

    /// <summary>Why a face is not to be kept; null when it is.</summary>
    private async Task<EnrolledItem?> RefusalOfAsync(Work work, int image, ReadFace face, CancellationToken cancellationToken)
    {
        EnrolledItem Refuse(string message, string? duplicateOf = null) => new(image, "error")
        {
            FaceConfidence = face.Confidence,
            FacialArea = face.Area,
            ErrorCode = ErrorCode.ValidationError.Name,
            Message = message,
            DuplicateOf = duplicateOf,
        };

        // An embedding has no picture whose quality could be told.
        if (face.Quality < work.Request.MinQuality)
        {
            return Refuse(string.Create(CultureInfo.InvariantCulture, $"the face has quality {face.Quality}, below min_quality {work.Request.MinQuality}"));
        }

        return work.Request.RejectDuplicateOfOthers && await NearestOtherAsync(work, face, cancellationToken) is { } other
            ? Refuse($"the subject '{other}' has a face within the threshold of this one", other)
            : null;
    }

    /// <summary>The nearest other subject with a face within the model's threshold.</summary>
    private async Task<string?> NearestOtherAsync(Work work, ReadFace face, CancellationToken cancellationToken)
    {
        var own = await galleries.FindSubjectAsync(work.Gallery, work.Subject, cancellationToken);
        var rule = new MatchRule(work.Plan, defaults.Metric);

        // Among one more than the subject has faces there is another's, if there is one.
        var search = new FaceSearch(rule.Metric, Math.Min(MostNeighbours, (own?.Faces ?? 0) + 1)) { MaxDistance = rule.Threshold };
        var matches = await galleries.SearchAsync(work.Gallery, work.Plan.Space, [face.Embedding], search, cancellationToken);
        return matches[0].FirstOrDefault(match => match.Face.Subject != work.Subject).Face?.Subject;
    }

    /// <summary>Adds the embeddings of a space that became complete while pictures were read: whoever completed it did not know of these faces.</summary>
    private async Task CompleteAsync(Work work, CancellationToken cancellationToken)
    {
        var entry = work.Created.Count > 0 ? await galleries.FindGalleryAsync(work.Gallery, cancellationToken) : null;
        foreach (var plan in OtherPlans(entry, work.Plan.Space).ExceptBy(work.Others.Select(static other => other.Space), static plan => plan.Space))
        {
            List<(long, Vision.Recognition.Embedding)> embeddings = [];
            foreach (long face in work.Created)
            {
                if (await galleries.ReadThumbnailAsync(work.Gallery, face, cancellationToken) is { } thumbnail)
                {
                    embeddings.Add((face, await reader.ReadAgainAsync(thumbnail, plan, cancellationToken)));
                }
            }

            await galleries.AddEmbeddingsAsync(work.Gallery, plan.Space, embeddings, cancellationToken);
        }
    }

    /// <summary>One request, and what came of it so far.</summary>
    private sealed record Work(string Gallery, string Subject, EnrolRequest Request, RecognitionPlan Plan, IReadOnlyList<RecognitionPlan> Others)
    {
        public List<EnrolledItem> Results { get; } = [];

        public List<long> Created { get; } = [];

        /// <summary>Faces that are in the gallery now, new or not.</summary>
        public int Kept { get; private set; }

        public void Add(int image, EnrolResult result)
        {
            Kept++;
            if (result.Created)
            {
                Created.Add(result.Face.Id);
            }

            Results.Add(new(image, result.Created ? "created" : "exists")
            {
                FaceId = result.Face.Id,
                FaceConfidence = result.Face.Confidence,
                FacialArea = result.Face.Area,
            });
        }
    }
}
