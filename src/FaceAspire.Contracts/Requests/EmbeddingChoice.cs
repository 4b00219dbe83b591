using FaceAspire.Contracts.Names;

namespace FaceAspire.Contracts.Requests;

/// <summary>What a request to a gallery says about how pictures become embeddings. Null is left open: it is as the gallery has it.</summary>
/// <param name="ModelName">Recogniser, in the catalogue's spelling.</param>
/// <param name="DetectorBackend">Detector, in the catalogue's spelling.</param>
/// <param name="Alignment">How the recogniser's input is made.</param>
/// <param name="Normalization">What is done to the input's values.</param>
/// <param name="Align">Whether faces are rotated upright.</param>
/// <param name="ExpandPercentage">By how much the box grows, in percent of its sides.</param>
public sealed record EmbeddingChoice(
    string? ModelName, string? DetectorBackend, AlignmentMode? Alignment, InputNormalization? Normalization, bool? Align, int? ExpandPercentage)
{
    internal static EmbeddingChoice Read(RequestFields fields, ApiNames names) => new(
        fields.Choice("model_name", names.Models),
        fields.Choice("detector_backend", names.Detectors),
        fields.OptionalChoice("alignment", ApiNames.Alignments),
        fields.OptionalChoice("normalization", ApiNames.Normalizations),
        fields.OptionalFlag("align"),
        CommonFields.OptionalExpandPercentage(fields));
}
