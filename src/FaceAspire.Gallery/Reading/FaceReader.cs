using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Models;
using FaceAspire.Contracts.Responses;
using FaceAspire.ModelHub;
using FaceAspire.Vision.Extraction;
using FaceAspire.Vision.Imaging;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Reading;

/// <summary>A face of a picture, ready to be enrolled.</summary>
/// <param name="Area">Where it is in the picture.</param>
/// <param name="Confidence">The detector's score, 0 to 1; 0 when nothing was detected.</param>
/// <param name="Embedding">Its vector.</param>
/// <param name="Thumbnail">The face with its surroundings as JPEG.</param>
public sealed record ReadFace(FacialArea Area, double Confidence, Embedding Embedding, ReadOnlyMemory<byte>? Thumbnail);

/// <summary>Pictures to faces with embeddings. What is read here is not cached: what a gallery forgets is forgotten.</summary>
public sealed class FaceReader(IFaceExtractor extractor, ModelStore store, InferenceSessions sessions, ComputeGate gate)
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
        bool apart = plan.Extraction.Crops[0].Geometry == CropGeometry.Eyes; // a frame of its own, in which no other crop is made
        using var faces = await extractor.ExtractRequiredAsync(
            picture, apart ? plan.Extraction : plan.Extraction with { Crops = [plan.Extraction.Crops[0], _thumbnail] }, cancellationToken);
        using var shown = apart
            ? await extractor.ExtractAsync(picture, plan.Extraction with { Crops = [_thumbnail], WholeImageWithoutFace = false }, cancellationToken)
            : null;
        var embeddings = await EmbedAsync(faces, plan, cancellationToken);
        return await gate.RunAsync(
            token =>
            {
                List<ReadFace> read = new(faces.Count);
                for (int i = 0; i < faces.Count; i++)
                {
                    token.ThrowIfCancellationRequested();
                    var thumbnail = shown is null ? faces[i].Crops[1] : Nearest(shown, faces[i].Area)?.Crops[0];
                    read.Add(new(faces[i].Area, faces[i].Confidence, embeddings[i], thumbnail is null ? default(ReadOnlyMemory<byte>?) : JpegEncoder.Encode(thumbnail)));
                }

                return read;
            },
            cancellationToken);
    }

    /// <summary>The embedding of a face by its thumbnail; of the whole thumbnail where no face is found in it again.</summary>
    /// <param name="thumbnail">A thumbnail that <see cref="ReadAsync"/> made.</param>
    /// <param name="plan">How it becomes an embedding.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task<Embedding> ReadAgainAsync(ReadOnlyMemory<byte> thumbnail, RecognitionPlan plan, CancellationToken cancellationToken)
    {
        using var faces = await extractor.ExtractAsync(thumbnail, plan.Extraction with { MaxFaces = 1, WholeImageWithoutFace = true }, cancellationToken);
        return (await EmbedAsync(faces, plan, cancellationToken))[0];
    }

    /// <summary>The embeddings of faces by their first crops, in the same order.</summary>
    public Task<Embedding[]> EmbedAsync(ExtractedFaces faces, RecognitionPlan plan, CancellationToken cancellationToken)
    {
        var embedder = new Embedder(SessionOf(plan.Model), plan.Input, plan.Model.Dimension);
        PixelBuffer[] crops = [.. faces.Select(static face => face.Crops[0])];
        return gate.RunAsync(token => embedder.Embed(crops, plan.Normalization, token), cancellationToken);
    }

    /// <summary>Makes a model's session, so that the first picture does not wait for it.</summary>
    public void Load(ModelEntry model) => SessionOf(model).Load();

    /// <summary>The face whose box has the nearest middle, if that lies within the area's box.</summary>
    private static ExtractedFace? Nearest(ExtractedFaces faces, FacialArea area)
    {
        var nearest = faces.MinBy(face => Gap(face.Area, area));
        return nearest is not null && Gap(nearest.Area, area) <= Math.Max(area.W ?? 0, area.H ?? 0) / 2 ? nearest : null;
    }

    private static double Gap(FacialArea one, FacialArea other) => double.Hypot(
        (one.X + (one.W / 2.0) - other.X - (other.W / 2.0)) ?? double.PositiveInfinity, (one.Y + (one.H / 2.0) - other.Y - (other.H / 2.0)) ?? double.PositiveInfinity);

    private InferenceSessionPool SessionOf(ModelEntry model) => sessions.Get(model.Sha256, model.Name, () => store.Require(model));
}
