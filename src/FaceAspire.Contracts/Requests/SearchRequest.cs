using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>Body of <c>POST /api/v1/galleries/{gallery}/search</c>.</summary>
/// <param name="Img">The picture, or an embedding in its place.</param>
/// <param name="Choice">How the picture becomes embeddings.</param>
/// <param name="DistanceMetric">Metric.</param>
/// <param name="EnforceDetection">Whether a picture without a face is an error; else the whole picture is the face.</param>
/// <param name="MaxFaces">Only this many faces of the picture, the largest first; null for all of them in the detector's order.</param>
/// <param name="Threshold">Largest distance of a subject; null for the model's own. 0 counts as null, as in verify.</param>
/// <param name="TopK">Most subjects of each face.</param>
/// <param name="Subjects">Only these subjects; null for all.</param>
/// <param name="Metadata">Only subjects that have all of these; null for all.</param>
/// <param name="AntiSpoofing">Whether every face must be a person's, not that of a print or a screen.</param>
public sealed record SearchRequest(
    ImageInput Img,
    EmbeddingChoice Choice,
    DistanceMetric? DistanceMetric,
    bool EnforceDetection,
    int? MaxFaces,
    double? Threshold,
    int TopK,
    IReadOnlyList<string>? Subjects,
    IReadOnlyDictionary<string, string>? Metadata,
    bool AntiSpoofing) : IRequest<SearchRequest>
{
    private const int DefaultTopK = 10;

    /// <inheritdoc/>
    public static int MaxImages => 1;

    /// <inheritdoc/>
    public static SearchRequest Read(RequestFields fields, ApiNames names)
    {
        var img = fields.ImageOrEmbedding("img");
        return new(
            img,
            EmbeddingChoice.Read(fields, names),
            fields.OptionalChoice("distance_metric", ApiNames.Metrics),
            fields.Flag("enforce_detection", defaultValue: true),
            CommonFields.MaxFaces(fields),
            CommonFields.Threshold(fields),
            CommonFields.TopK(fields, DefaultTopK),
            fields.Texts("subjects"),
            fields.Entries("metadata"),
            CommonFields.AntiSpoofing(fields, img));
    }
}
