int handle_page_fault(unsigned long address, unsigned long ip, int is_write, int is_user, int *code_out)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned int flags = FAULT_FLAG_DEFAULT;
	vm_fault_t fault;

	mmap_read_lock(mm);
	vma = find_vma(mm, address);
	if (!vma)
		goto out;
	fault = handle_mm_fault(vma, address, flags, NULL);
	if (fault & VM_FAULT_COMPLETED)
		return 0;
out:
	mmap_read_unlock(mm);
	return 0;
}
