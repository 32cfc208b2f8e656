namespace System.Runtime.CompilerServices;

/// <summary>Known to the runtime by this name, absent from its reference assemblies: lets this assembly call the
/// internal members of the named one (see build/Publicize.targets).</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
{
    public string AssemblyName { get; } = assemblyName;
}
