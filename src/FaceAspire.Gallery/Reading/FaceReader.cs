using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Responses;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Liveness;
using FaceAspire.Vision.Quality;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Reading;

/// <summary>A face of a picture, ready to be enrolled.</summary>
/// <param name="Area">Where it is in the picture.</param>
/// <param name="Confidence">The detector's score, 0 to 1; 0 when nothing was detected.</param>
/// <param name="Embedding">Its vector.</param>
/// <param name="Thumbnail">The face with its surroundings as JPEG.</param>
public sealed record ReadFace(FacialArea Area, double Confidence, Embedding Embedding, ReadOnlyMemory<byte>? Thumbnail)
{
    /// <summary>How good its picture is, 0 to 1, more is better; null when the plan does not ask for it.</summary>
    public double? Quality { get; init; }
}

/// <summary>Pictures to faces with embeddings. What is read here is not cached: what a gallery forgets is forgotten.</summary>
public sealed class FaceReader(
    IFaceExtractor extractor, ModelStore store, InferenceSessions sessions, LivenessCheck liveness, FaceDescriber describer, ComputeGate gate)
{
    // Large enough to find and embed the face again when the model changes: the box has 142 of its pixels.
    private static readonly CropRecipe _thumbnail = new(CropGeometry.Square, Width: 256, Height: 256, Margin: 1.8f);

    /// <summary>The faces of a picture with thumbnails, in the detector's order; at least one.</summary>
    /// <param name="picture">The encoded picture; not touched after the task has ended.</param>
    /// <param name="plan">How it becomes embeddings.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="FaceAspireException">The picture cannot be read, holds no face, or a model is missing or failed. The message does not name the picture
    /// (<see cref="RequiredFaces.NamedAfter"/>).</exception>
    public async Task<IReadOnlyList<ReadFace>> ReadAsync(ReadOnlyMemory<byte> picture, RecognitionPlan plan, CancellationToken cancellationToken)
    {
        CropRecipe[] own = plan.ScoreQuality ? [FaceDescriber.Crop, _thumbnail] : [_thumbnail];
        using var faces = await extractor.ExtractRequiredAsync(picture, plan.Extraction with { Crops = [.. plan.Extraction.Crops, .. own] }, cancellationToken);
        var embeddings = await EmbedAsync(faces, plan, cancellationToken);
        return await gate.RunAsync(
            token =>
            {
                List<ReadFace> read = new(faces.Count);
                for (int i = 0; i < faces.Count; i++)
                {
                    token.ThrowIfCancellationRequested();
                    read.Add(new(faces[i].Area, faces[i].Confidence, embeddings[i], JpegEncoder.Encode(faces[i].Crops[^1]))
                    {
                        Quality = plan.ScoreQuality ? describer.RequireQuality(faces[i].Crops[^2], token) : null,
                    });
                }

                return read;
            },
            cancellationToken);
    }

    /// <summary>The plan that besides refuses faces that are not a person's but that of a print or a screen.</summary>
    /// <param name="plan">How pictures become embeddings.</param>
    public RecognitionPlan RequireReal(RecognitionPlan plan) =>
        plan with { RequireReal = true, Extraction = plan.Extraction with { Crops = [plan.Extraction.Crops[0], .. liveness.Crops] } };

    /// <summary>The embedding of a face by its thumbnail; of the whole thumbnail where no face is found in it again.</summary>
    /// <param name="thumbnail">A thumbnail that <see cref="ReadAsync"/> made.</param>
    /// <param name="plan">How it becomes an embedding; thumbnails are not checked for liveness.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task<Embedding> ReadAgainAsync(ReadOnlyMemory<byte> thumbnail, RecognitionPlan plan, CancellationToken cancellationToken)
    {
        var again = plan with { RequireReal = false, Extraction = plan.Extraction with { Crops = [plan.Extraction.Crops[0]], MaxFaces = 1, WholeImageWithoutFace = true } };
        using var faces = await extractor.ExtractAsync(thumbnail, again.Extraction, cancellationToken);
        return (await EmbedAsync(faces, again, cancellationToken))[0];
    }

    /// <summary>The embeddings of faces by their first crops, in the same order.</summary>
    /// <exception cref="FaceAspireException">A model is missing or failed, or the plan wants real faces and one is not (<see cref="ErrorCode.SpoofDetected"/>).</exception>
    public Task<Embedding[]> EmbedAsync(ExtractedFaces faces, RecognitionPlan plan, CancellationToken cancellationToken)
    {
        // Weights may have come since the plan was made.
        if (store.VersionOf(plan.Model) != plan.ModelVersion)
        {
            throw new FaceAspireException(ErrorCode.ModelUnavailable, $"The weights of the model '{plan.Model.Name}' are of another version than those meant.");
        }

        var embedder = new Embedder(SessionOf(plan.Model), plan.Input, plan.Model.Dimension, plan.Model.MakesUnitLength);
        PixelBuffer[] crops = [.. faces.Select(static face => face.Crops[0])];
        return gate.RunAsync(
            token =>
            {
                if (plan.RequireReal)
                {
                    liveness.RequireReal(faces, firstCrop: 1, token);
                }

                return embedder.Embed(crops, plan.Normalization, token);
            },
            cancellationToken);
    }

    /// <summary>Makes a model's session, so that the first picture does not wait for it.</summary>
    public void Load(ModelEntry model) => SessionOf(model).Load();

    private InferenceSessionPool SessionOf(ModelEntry model) => sessions.Get(store, model);
}
