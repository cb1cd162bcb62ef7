/** How large a machine is, in words. */
import type { MachineSize, MachineSizes } from '../services/views.ts';

/** "1 CPU, 512 MB memory, 10 GB disk" */
export function sizeText(size: MachineSize): string {
  return sizesText({ least: size, most: size });
}

/** The same of several machines: "1 to 4 CPUs, 512 MB to 2 GB memory, 10 GB disk". */
export function sizesText(sizes: MachineSizes): string {
  const { cpus, memory, disk } = sizeParts(sizes);
  return `${cpus} ${cpus === '1' ? 'CPU' : 'CPUs'}, ${memory} memory, ${disk} disk`;
}

/** Each by itself: "1 to 4", "512 MB to 2 GB", "10 GB". */
export function sizeParts({ least, most }: MachineSizes): { cpus: string; memory: string; disk: string } {
  return {
    cpus: fromTo(String(least.cpus), String(most.cpus)),
    memory: fromTo(megabytes(least.memoryMb), megabytes(most.memoryMb)),
    disk: fromTo(megabytes(least.diskMb), megabytes(most.diskMb)),
  };
}

/** "512 MB", "1.5 GB" */
export function megabytes(amount: number): string {
  return amount < 1024 ? `${amount} MB` : `${Number((amount / 1024).toFixed(1))} GB`;
}

function fromTo(least: string, most: string): string {
  return least === most ? least : `${least} to ${most}`;
}
