void toy_fault(struct mm_struct *mm, unsigned long address)
{
	struct vm_area_struct *vma;
	vm_fault_t fault;

	mmap_read_lock(mm);
	vma = find_vma(mm, address);
	if (!vma)
		return;
	fault = handle_mm_fault(vma, address, 0, 0);
	mmap_read_unlock(mm);
}
