using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>Body of <c>POST /api/v1/galleries/{gallery}/subjects/{subject}/faces</c>.</summary>
/// <param name="Images">The pictures; one of them may be an embedding, which then is alone.</param>
/// <param name="IsList">Whether they came as a list, each of which is answered for by itself.</param>
/// <param name="Choice">How pictures become embeddings; may name nothing that the gallery has otherwise.</param>
/// <param name="EnforceDetection">Whether a picture without a face is an error; else the whole picture is the face.</param>
/// <param name="MinQuality">Least quality of a face's picture, 0 to 1; null or 0 for any.</param>
/// <param name="OnSeveral">What is done with a picture of several faces.</param>
/// <param name="RejectDuplicateOfOthers">Whether a face that is within the threshold of another subject's is refused.</param>
/// <param name="Metadata">What is known of the subject from now on; null leaves it as it is.</param>
/// <param name="AntiSpoofing">Whether every face must be a person's, not that of a print or a screen.</param>
public sealed record EnrolRequest(
    IReadOnlyList<ImageInput> Images,
    bool IsList,
    EmbeddingChoice Choice,
    bool EnforceDetection,
    double? MinQuality,
    SeveralFaces OnSeveral,
    bool RejectDuplicateOfOthers,
    IReadOnlyDictionary<string, string>? Metadata,
    bool AntiSpoofing) : IRequest<EnrolRequest>
{
    /// <summary>Most pictures of one request. Together they may be as long as <see cref="MaxImages"/> of the largest.</summary>
    public const int MaxList = 64;

    private const string One = "img";
    private const string Several = "imgs";

    /// <inheritdoc/>
    public static int MaxImages => 8;

    /// <inheritdoc/>
    public static EnrolRequest Read(RequestFields fields, ApiNames names)
    {
        var images = fields.ImageOrImages(One, Several, MaxList);
        return new(
            images,
            images is not [{ Field: One }],
            EmbeddingChoice.Read(fields, names),
            fields.Flag("enforce_detection", defaultValue: true),
            fields.Number("min_quality", min: 0, max: 1),
            fields.Choice("on_several", ApiNames.Several),
            fields.Flag("reject_duplicate_of_others", defaultValue: false),
            fields.Entries("metadata"),
            CommonFields.AntiSpoofing(fields, [.. images]));
    }
}
