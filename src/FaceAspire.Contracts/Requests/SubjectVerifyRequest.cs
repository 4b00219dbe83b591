using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>Body of <c>POST /api/v1/galleries/{gallery}/subjects/{subject}/verify</c>.</summary>
/// <param name="Img">The picture, or an embedding in its place.</param>
/// <param name="Choice">How the picture becomes embeddings.</param>
/// <param name="DistanceMetric">Metric.</param>
/// <param name="EnforceDetection">Whether a picture without a face is an error; else the whole picture is the face.</param>
/// <param name="Threshold">Largest distance that counts as the same person; null for the model's own. 0 counts as null, as in verify.</param>
/// <param name="AntiSpoofing">Whether every face must be a person's, not that of a print or a screen.</param>
public sealed record SubjectVerifyRequest(
    ImageInput Img, EmbeddingChoice Choice, DistanceMetric? DistanceMetric, bool EnforceDetection, double? Threshold, bool AntiSpoofing) : IRequest<SubjectVerifyRequest>
{
    /// <inheritdoc/>
    public static int MaxImages => 1;

    /// <inheritdoc/>
    public static SubjectVerifyRequest Read(RequestFields fields, ApiNames names)
    {
        var img = fields.ImageOrEmbedding("img");
        return new(
            img,
            EmbeddingChoice.Read(fields, names),
            fields.OptionalChoice("distance_metric", ApiNames.Metrics),
            fields.Flag("enforce_detection", defaultValue: true),
            CommonFields.Threshold(fields),
            CommonFields.AntiSpoofing(fields, img));
    }
}
