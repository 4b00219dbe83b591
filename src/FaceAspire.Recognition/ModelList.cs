using FaceAspire.Contracts.Names;
using FaceAspire.Contracts.Responses;
using FaceAspire.ModelHub;
using FaceAspire.ModelHub.Provisioning;

namespace FaceAspire.Recognition;

/// <summary>Answers <c>models</c>: the whole catalogue, and what of it is on this machine.</summary>
internal sealed class ModelList(ModelCatalog catalog, ModelStore store, ModelSupply supply, RecognitionDefaults defaults, AttributeAnswerers answerers)
{
    public ModelsResponse List()
    {
        ModelSummary[] models = [.. catalog.Entries.Select(Summarize)];
        return new(Success: true, models.Length, models);
    }

    private ModelSummary Summarize(ModelEntry entry)
    {
        bool isPresent = store.IsPresent(entry);
        var state = isPresent ? new("present", null) : supply.StateOf(entry);
        return Summarize(entry, isPresent, state);
    }

    private ModelSummary Summarize(ModelEntry entry, bool isPresent, ModelState state) => new(
        entry.Name,
        WireName(entry.Task),
        entry.Description,
        isPresent,
        IsDefault(entry),
        store.TryVersionOf(entry),
        entry.SizeBytes,
        entry.Licence,
        entry.Source,
        entry.Task == ModelTask.Recognition ? entry.Dimension : null,
        entry.Task == ModelTask.Attributes ? [.. entry.Outputs.Select(static output => ApiNames.Actions.NameOf(output.Action))] : null,
        entry.Task == ModelTask.Recognition ? Thresholds(entry) : null,
        entry.Accuracy,
        entry.Commercial switch
        {
            CommercialUse.Yes => "yes",
            CommercialUse.No => "no",
            _ => "unclear",
        },
        state.Name,
        state.Progress);

    private bool IsDefault(ModelEntry entry) => entry.Task switch
    {
        ModelTask.Detection => entry.Name == defaults.Detector,
        ModelTask.Recognition => entry == defaults.Model,
        ModelTask.Liveness => true, // all of them make one check
        ModelTask.Quality => entry == catalog.Of(ModelTask.Quality).First(),
        _ => answerers.Models.Contains(entry),
    };

    private static string WireName(ModelTask task) => task switch
    {
        ModelTask.Detection => "detection",
        ModelTask.Recognition => "recognition",
        ModelTask.Liveness => "liveness",
        ModelTask.Quality => "quality",
        _ => "attributes",
    };

    private static Dictionary<string, IReadOnlyDictionary<string, double>> Thresholds(ModelEntry entry) => entry.Thresholds.ToDictionary(
        static alignment => ApiNames.Alignments.NameOf(alignment.Key),
        static alignment => (IReadOnlyDictionary<string, double>)alignment.Value.ToDictionary(
            static threshold => ApiNames.Metrics.NameOf(threshold.Key),
            static threshold => threshold.Value));
}
