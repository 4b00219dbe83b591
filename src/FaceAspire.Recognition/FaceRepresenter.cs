using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Requests;
using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery.Reading;
using FaceAspire.Recognition.Caching;
using FaceAspire.ServiceDefaults.Images;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Quality;

namespace FaceAspire.Recognition;

/// <summary>Pictures to embeddings, and the answer of <c>represent</c>.</summary>
internal sealed class FaceRepresenter(
    ImageSource images,
    EmbeddingCache cache,
    IFaceExtractor extractor,
    FaceReader reader,
    FaceDescriber describer,
    ComputeGate gate,
    RecognitionDefaults defaults)
{
    public async Task<RepresentResponse> RepresentAsync(RepresentRequest request, CacheUse use, CancellationToken cancellationToken)
    {
        var plan = defaults.Plan(
            request.ModelName,
            request.DetectorBackend,
            request.Alignment,
            request.Normalization,
            request.EnforceDetection,
            request.Align,
            request.ExpandPercentage,
            request.MaxFaces);
        var faces = await EmbedAsync(request.Img, plan, request.AntiSpoofing, request.Include, use, cancellationToken);
        return new(
            Success: true,
            faces.Count,
            plan.Model.Name,
            plan.ModelVersion,
            plan.Model.Dimension,
            ApiNames.Alignments.NameOf(plan.Alignment),
            [
                .. faces.Select(static face => new RepresentedFace(face.Embedding.Values, face.Area, face.Confidence)
                {
                    Quality = face.Details.Quality,
                    Pose = face.Details.Pose,
                    Landmarks = face.Details.Landmarks,
                }),
            ]);
    }

    /// <summary>The faces of a picture as vectors, in the detector's order; at least one.</summary>
    /// <exception cref="FaceAspireException">The picture cannot be read, holds no face, or one that must be a person's and is not, or a model is missing or failed.</exception>
    public Task<IReadOnlyList<FaceEmbedding>> EmbedAsync(
        ImageInput input, RecognitionPlan plan, bool antiSpoofing, CacheUse use, CancellationToken cancellationToken) =>
        EmbedAsync(input, plan, antiSpoofing, include: [], use, cancellationToken);

    private async Task<IReadOnlyList<FaceEmbedding>> EmbedAsync(
        ImageInput input, RecognitionPlan plan, bool antiSpoofing, IReadOnlyList<FaceDetail> include, CacheUse use, CancellationToken cancellationToken)
    {
        plan = antiSpoofing ? reader.RequireReal(plan) : plan;
        using var image = await images.OpenAsync(input, cancellationToken);
        try
        {
            if (include.Count > 0)
            {
                return await cache.PassByAsync(image.Memory, use, (picture, token) => DescribeAsync(picture, plan, include, token), cancellationToken);
            }

            return await cache.GetAsync(image.Memory, plan, use, (picture, token) => ComputeAsync(picture, plan, token), cancellationToken);
        }
        catch (FaceAspireException failure) when (failure.IsAboutThePicture())
        {
            throw failure.NamedAfter(input);
        }
    }

    /// <summary>The same, or the embedding that was sent in the picture's place.</summary>
    /// <exception cref="FaceAspireException">Besides: the embedding has not the model's dimension.</exception>
    public async Task<IReadOnlyList<FaceEmbedding>> EmbedOrTakeAsync(
        ImageInput input, RecognitionPlan plan, bool antiSpoofing, CacheUse use, CancellationToken cancellationToken)
    {
        if (DimensionErrorOf(input, plan) is { } error)
        {
            throw new FaceAspireException(ErrorCode.ValidationError, "Request validation failed") { Fields = [error] };
        }

        return input.Embedding is { } given
            ? [new(new(given), FaceEmbedding.UnknownArea, Confidence: 0)]
            : await EmbedAsync(input, plan, antiSpoofing, use, cancellationToken);
    }

    /// <summary>What is wrong with the dimension of an embedding that was sent; null when nothing is, or a picture was sent.</summary>
    public static FieldError? DimensionErrorOf(ImageInput input, RecognitionPlan plan) => input.Embedding is { } embedding && embedding.Length != plan.Model.Dimension
        ? new(input.Field, $"embeddings of {plan.Model.Name} have {plan.Model.Dimension} numbers, not {embedding.Length}")
        : null;

    /// <summary>Makes the default model's session, so that the first request does not wait for it.</summary>
    public void LoadDefault() => reader.Load(defaults.Model);

    /// <summary>The same without the cache. Others may wait for it too: failures do not name this request's field.</summary>
    private async Task<IReadOnlyList<FaceEmbedding>> ComputeAsync(ReadOnlyMemory<byte> picture, RecognitionPlan plan, CancellationToken cancellationToken)
    {
        using var faces = await extractor.ExtractRequiredAsync(picture, plan.Extraction, cancellationToken);
        return await EmbedAllAsync(faces, plan, cancellationToken);
    }

    /// <summary>The same with what is told of each face besides. The cache keeps only embeddings.</summary>
    private async Task<IReadOnlyList<FaceEmbedding>> DescribeAsync(
        ReadOnlyMemory<byte> picture, RecognitionPlan plan, IReadOnlyList<FaceDetail> include, CancellationToken cancellationToken)
    {
        var extraction = plan.Extraction with { Crops = [.. plan.Extraction.Crops, .. FaceDescriber.CropsFor(include)] };
        using var faces = await extractor.ExtractRequiredAsync(picture, extraction, cancellationToken);
        var embeddings = await EmbedAllAsync(faces, plan, cancellationToken);
        var details = await gate.RunAsync(token => faces.Select(face => describer.Describe(face, include, token)).ToArray(), cancellationToken);
        return [.. embeddings.Zip(details, static (face, described) => face with { Details = described })];
    }

    private async Task<IReadOnlyList<FaceEmbedding>> EmbedAllAsync(ExtractedFaces faces, RecognitionPlan plan, CancellationToken cancellationToken)
    {
        using var activity = RecognitionTelemetry.Source.StartActivity("embed");
        activity?.SetTag("model", plan.Model.Name).SetTag("faces", faces.Count);
        var embeddings = await reader.EmbedAsync(faces, plan, cancellationToken);
        return [.. faces.Zip(embeddings, static (face, embedding) => new FaceEmbedding(embedding, face.Area, face.Confidence))];
    }
}
