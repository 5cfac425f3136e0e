namespace Vigie.Hub.Configuration;

/// <summary>The values a text may have.</summary>
[AttributeUsage(AttributeTargets.Property)]
sealed class OneOfAttribute(params string[] values) : Attribute
{
    public string[] Values { get; } = values;
}

/// <summary>Bounds of a number, duration or size, both allowed, in the spelling of config.json.</summary>
[AttributeUsage(AttributeTargets.Property)]
sealed class BetweenAttribute(string least, string most) : Attribute
{
    public string Least { get; } = least;

    public string Most { get; } = most;
}

/// <summary>A secret: it has a twin ending in <c>File</c>, and is never printed.</summary>
[AttributeUsage(AttributeTargets.Property)]
sealed class SecretAttribute : Attribute;

/// <summary>Without it the section is of no use; of a secret, its twin will do.</summary>
[AttributeUsage(AttributeTargets.Property)]
sealed class RequiredAttribute : Attribute;
