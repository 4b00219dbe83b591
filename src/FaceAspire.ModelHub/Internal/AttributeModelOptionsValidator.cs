using FaceAspire.Contracts.Names;
using Microsoft.Extensions.Options;

namespace FaceAspire.ModelHub.Internal;

/// <summary>Every name must be an attribute model's, and together they must answer every action: else the service does not start.</summary>
internal sealed class AttributeModelOptionsValidator(ModelCatalog catalog) : IValidateOptions<AttributeModelOptions>
{
    public ValidateOptionsResult Validate(string? name, AttributeModelOptions options)
    {
        if (options.Names.Count == 0)
        {
            return ValidateOptionsResult.Success;
        }

        string[] known = [.. catalog.Of(ModelTask.Attributes).Select(static entry => entry.Name)];
        string[] unknown = [.. options.Names.Where(wanted => !known.Contains(wanted, StringComparer.OrdinalIgnoreCase))];
        if (unknown.Length > 0)
        {
            return ValidateOptionsResult.Fail($"ATTRIBUTE_MODELS: must be names of {string.Join(", ", known)}, separated by commas (value '{options.AttributeModels}')");
        }

        string[] unanswered = [.. Enum.GetValues<AttributeAction>().Where(action => catalog.TryAnswererOf(action, options.Names) is null).Select(ApiNames.Actions.NameOf)];
        return unanswered.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"ATTRIBUTE_MODELS: none of them tells {string.Join(", ", unanswered)} (value '{options.AttributeModels}')");
    }
}
