using FaceAspire.Contracts.Names;
using Microsoft.Extensions.Options;

namespace FaceAspire.ModelHub;

/// <summary>The models that answer the actions in this installation.</summary>
/// <param name="catalog">The models that there are.</param>
/// <param name="options">The operator's choice, checked at start.</param>
public sealed class AttributeAnswerers(ModelCatalog catalog, IOptions<AttributeModelOptions> options)
{
    private readonly Dictionary<AttributeAction, ModelEntry> _byAction = Enum.GetValues<AttributeAction>().ToDictionary(
        static action => action,
        action => options.Value.Names is { Count: > 0 } names ? catalog.TryAnswererOf(action, names)! : catalog.AnswererOf(action));

    /// <summary>All of them, each once.</summary>
    public IEnumerable<ModelEntry> Models => _byAction.Values.Distinct();

    /// <summary>The one that answers an action.</summary>
    public ModelEntry this[AttributeAction action] => _byAction[action];
}
