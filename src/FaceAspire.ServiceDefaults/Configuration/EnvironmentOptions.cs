using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FaceAspire.ServiceDefaults.Configuration;

/// <summary>Fills an options class from the environment and says everything that is wrong, each variable by its own name.</summary>
/// <remarks>A property's variable is its <see cref="ConfigurationKeyNameAttribute"/>. A blank value means that the variable is not set, unless the property is
/// <c>[Required(AllowEmptyStrings = true)]</c>: then empty is a value. The framework's binder stops at the first value that it cannot convert, and takes a blank for one.</remarks>
/// <typeparam name="T">The options class.</typeparam>
internal sealed class EnvironmentOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(IConfiguration configuration)
    : IConfigureOptions<T>, IValidateOptions<T>
    where T : class
{
    private static readonly (PropertyInfo Property, string Variable)[] _settings =
    [
        .. typeof(T).GetProperties()
            .Select(static property => (property, property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name))
            .Where(static setting => setting.Name is not null)
            .Select(static setting => (setting.property, setting.Name!)),
    ];

    /// <inheritdoc/>
    public void Configure(T options)
    {
        foreach (var (property, variable) in _settings)
        {
            if (ValueOf(property, variable) is { } text && SettingText.TryParse(text, property.PropertyType, out object? value))
            {
                property.SetValue(options, value);
            }
        }
    }

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, T options)
    {
        List<string> failures = [];
        foreach (var (property, variable) in _settings)
        {
            string? text = ValueOf(property, variable);
            if (text is not null && !SettingText.TryParse(text, property.PropertyType, out _))
            {
                failures.Add($"{variable}: must be {SettingText.Describe(property.PropertyType)} (value '{text}')");
                continue;
            }

            object? value = property.GetValue(options);
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (rule.GetValidationResult(value, new ValidationContext(options) { MemberName = variable, DisplayName = variable }) is { } broken)
                {
                    string shown = text is null ? "not set" : $"value '{text}'";
                    failures.Add($"{variable}: {Describe(rule, broken)} ({shown})");
                }
            }
        }

        if (options is IValidatableObject whole)
        {
            failures.AddRange(whole.Validate(new ValidationContext(options)).Select(static broken => broken.ErrorMessage ?? "wrong"));
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string Describe(ValidationAttribute rule, ValidationResult broken) => rule switch
    {
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"must lie between {range.Minimum} and {range.Maximum}"),
        RequiredAttribute => "must be set",
        AllowedValuesAttribute allowed => $"must be one of: {string.Join(", ", allowed.Values)}",
        _ => broken.ErrorMessage ?? "wrong",
    };

    private string? ValueOf(PropertyInfo property, string variable)
    {
        bool emptyIsAValue = property.GetCustomAttribute<RequiredAttribute>() is { AllowEmptyStrings: true };
        return Values(variable).Select(static text => text.Trim()).FirstOrDefault(text => text.Length > 0 || emptyIsAValue);
    }

    /// <summary>What the sources say, the strongest first. A blank one does not hide a weaker one, such as the file behind an empty variable of the environment.</summary>
    private IEnumerable<string> Values(string variable)
    {
        if (configuration is not IConfigurationRoot root)
        {
            return configuration[variable] is { } only ? [only] : [];
        }

        return root.Providers.Reverse().Select(provider => provider.TryGet(variable, out string? text) ? text : null).OfType<string>();
    }
}
